//! Schemas of what the API tells about users, businesses and messages.

use serde_json::{Value, json};

use super::schema::{
    Member, between, boolean, closed, id, integer, list, named, number, one_of, open, text, time, url, words, zip_code,
};

/// A category, by id and name.
pub fn category() -> Value {
    closed([("categoryID", id()), ("name", text())], [])
}

/// All of them, by name.
pub fn schemas() -> Vec<Member> {
    vec![
        (
            "User",
            closed(
                [("userID", id()), ("email", text()), ("firstName", text()), ("lastName", text())],
                [("phoneNumber", text())],
            ),
        ),
        ("Business", closed([("businessID", id()), ("name", text()), ("imageURL", url())], [])),
        ("Review", review([])),
        ("PublicReview", review([("businessID", id())])),
        (
            "PhoneNumber",
            closed(
                [("phoneNumberID", id()), ("businessID", id()), ("phoneNumber", phone()), ("createdTime", time())],
                [("updatedTime", time()), ("lastActivityTime", time()), ("isDeleted", boolean()), ("name", text())],
            ),
        ),
        ("UtmData", utm_data()),
        ("Search", search()),
        ("FoundBusiness", found_business()),
        ("Category", category()),
        ("RecommendedCategory", closed(recommended(), [])),
        ("HomecareCategory", homecare()),
        ("RequestForm", request_form()),
        ("Keyword", closed([("keywordID", id()), ("name", text())], [])),
    ]
}

/// A telephone number as a business registers it.
pub fn phone() -> Value {
    json!({ "type": "string", "pattern": r"^\+1[0-9]{1,14}$", "example": "+15555550100" })
}

fn review(more: impl IntoIterator<Item = Member>) -> Value {
    let image = closed([("imageID", text()), ("imageURL", url())], [("caption", text())]);
    let required = [
        ("reviewID", id()),
        ("reviewText", text()),
        ("rating", between(1, 5)),
        ("createTime", time()),
        ("reviewerName", text()),
    ];
    let optional = [
        ("responseText", text()),
        ("responseTime", time()),
        ("negotiationID", id()),
        ("categoryID", id()),
        ("images", list(image)),
    ];
    closed(required.into_iter().chain(more), optional)
}

/// Members besides the first are text too; which ones there may be is disputed.
fn utm_data() -> Value {
    let source = json!({
        "type": "string", "pattern": "^cma-[a-zA-Z0-9_-]+$", "maxLength": 48, "example": "cma-example",
    });
    let mut data = open([("utm_source", source)], []);
    data["additionalProperties"] = text();
    data
}

fn search() -> Value {
    let metadata = [
        ("categoryID", id()),
        ("categoryName", text()),
        ("zipCode", zip_code()),
        ("requestLocation", text()),
        ("seeMoreProsURL", url()),
    ];
    closed([("searchID", id()), ("data", list(named("FoundBusiness"))), ("metadata", closed(metadata, []))], [])
}

fn found_business() -> Value {
    let stars = json!({ "type": "number", "minimum": 0, "maximum": 5 });
    closed(
        [
            ("businessID", id()),
            ("businessName", text()),
            ("businessIntroduction", text()),
            ("quote", closed([("startingCost", number()), ("costUnit", text())], [])),
            ("businessLocation", text()),
            ("rating", stars),
            ("numberOfReviews", integer(0)),
            ("yearsInBusiness", integer(0)),
            ("numberOfHires", integer(0)),
            ("responseTimeHours", number()),
            ("isTopPro", boolean()),
            ("isBackgroundChecked", boolean()),
            ("isBusinessLicenseVerified", boolean()),
            ("featuredReview", text()),
            ("pills", list(one_of(&["popular", "licensed", "low_price"]))),
            ("servicePageURL", url()),
            ("businessImageURL", url()),
            ("widgets", closed([("requestFlowURL", url()), ("servicePageURL", url())], [])),
        ],
        [],
    )
}

fn recommended() -> [Member; 5] {
    [("categoryID", id()), ("name", text()), ("nearMeURL", url()), ("imageURL", url()), ("activeServices", integer(0))]
}

fn homecare() -> Value {
    let cost = closed([("min", number()), ("max", number())], []);
    let details = closed([("title", text()), ("description", text()), ("tagline", text()), ("avgCost", cost)], []);
    closed(recommended().into_iter().chain([("taskID", id()), ("taskDetails", details)]), [])
}

fn request_form() -> Value {
    let answer = closed([("answerID", id()), ("value", text()), ("type", text())], []);
    let limits = [
        ("minimumAnswersSelected", integer(0)),
        ("maximumAnswersSelected", integer(0)),
        ("minimumAnswerLength", integer(0)),
        ("maximumAnswerLength", integer(0)),
    ];
    let question = closed(
        [
            ("questionID", id()),
            ("inputType", text()),
            ("prompt", words()),
            ("questionType", text()),
            ("answers", list(answer)),
            ("validationConstraints", closed(limits, [])),
        ],
        [],
    );
    closed([("requestFormID", id()), ("questions", list(question))], [])
}
