//! The operations on searches, categories, keywords, public reviews and requests.

use serde_json::{Value, json};

use super::{
    describe::{Described, optional, place_and_source, required},
    schema::{between, envelope, integer, list, named, one_of, open, paged, text, words, zip_code},
};

/// What is said of an operation, if it is one of these.
pub fn describe(id: &str) -> Option<Described> {
    Some(match id {
        "searchBusinessesV4" => {
            Described::read("Finds businesses by words or category", named("Search")).with_body(search())
        }
        "searchFilteredBusinessesV4" => {
            Described::read("Finds businesses by a customer's own words", named("Search")).with_body(filtered())
        }
        "listRecommendedCategoriesV4" => {
            Described::read("Categories to recommend", envelope(named("RecommendedCategory")))
                .with_query(categories(optional("recommendationType", one_of(&["popular"]))))
        }
        "listHomecareCategoriesV4" => {
            // In any case of letters.
            let kinds = "apartment|single_family_home|commercial|townhouse|multi_family|other|unknown";
            let kinds = json!({ "type": "string", "pattern": format!("^({kinds}|{})$", kinds.to_uppercase()) });
            Described::read("What a home needs, as categories", envelope(named("HomecareCategory")))
                .with_query(categories(optional("propertyType", kinds)))
        }
        "searchCategoriesV4" => {
            Described::read("Finds categories by name", envelope(named("Category"))).with_query(vec![
                required("searchQuery", words()),
                optional("zipCode", zip_code()),
                optional("limit", integer(1)),
            ])
        }
        "getRequestFormV4" => Described::read("What to ask a customer of a category", named("RequestForm")),
        "searchKeywordsV4" => Described::read("Finds keywords by name", envelope(named("Keyword")))
            .with_query(vec![required("searchQuery", filled()), optional("limit", integer(1))]),
        "listReviewsV4" => {
            let mut ids = list(filled());
            (ids["minItems"], ids["maxItems"]) = (1.into(), 30.into());
            Described::read("What customers say of businesses, newest first", paged(named("PublicReview"))).with_query(
                vec![required("businessIDs", ids), optional("limit", integer(1)), optional("offset", integer(0))],
            )
        }
        "createRequestV4" => {
            Described::create("Asks businesses of a search for offers", request(), named("CreatedRequest"))
        }
        _ => return None,
    })
}

fn filled() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn categories(kind: Value) -> Vec<Value> {
    let mut query = place_and_source();
    query.extend([kind, optional("limit", integer(1))]);
    query
}

fn search() -> Value {
    let mut answer = open([("questionID", text())], [("answerIDs", list(text())), ("text", text())]);
    answer["anyOf"] = json!([{ "required": ["answerIDs"] }, { "required": ["text"] }]);
    let mut body = open(
        [("zipCode", zip_code()), ("utmData", named("UtmData"))],
        [
            ("searchQuery", words()),
            ("categoryID", words()),
            ("limit", between(1, 30)),
            ("requestFormDetails", list(answer)),
        ],
    );
    body["anyOf"] = json!([{ "required": ["searchQuery"] }, { "required": ["categoryID"] }]);
    body["example"] = json!({
        "searchQuery": "kitchen remodel", "zipCode": "94117", "limit": 3, "utmData": { "utm_source": "cma-example" },
    });
    body
}

fn filtered() -> Value {
    let mut body = open(
        [("userQuery", words()), ("zipCode", zip_code()), ("utmData", named("UtmData"))],
        [("categoryID", words()), ("limit", between(1, 30)), ("projectMetadata", open([], []))],
    );
    body["example"] = json!({
        "userQuery": "Our kitchen is forty years old", "zipCode": "94117", "utmData": { "utm_source": "cma-example" },
    });
    body
}

fn request() -> Value {
    let mut ids = list(text());
    (ids["minItems"], ids["maxItems"]) = (1.into(), 30.into());
    let mut body = open(
        [("searchID", words()), ("categoryID", words()), ("utmData", named("UtmData"))],
        [("serviceIDs", ids.clone()), ("businessIDs", ids)],
    );
    body["anyOf"] = json!([{ "required": ["serviceIDs"] }, { "required": ["businessIDs"] }]);
    body
}
