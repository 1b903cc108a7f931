//! The operations of a partner that shows Thumbtack's content: searches, categories, reviews, requests.

use super::{
    categories,
    operation::{Answer, Method, Operation},
    public_reviews, request_forms, requests, search,
};

/// Operations, in the order of their paths' first appearance in the documents.
pub static DEMAND: [Operation; 7] = [
    Operation {
        id: "searchFilteredBusinessesV4",
        method: Method::Post,
        path: "/v4/businesses/search-filtered",
        scopes: &["demand::businesses/search.read"],
        answer: Answer::ForApplication(search::filtered),
    },
    Operation {
        id: "listRecommendedCategoriesV4",
        method: Method::Get,
        path: "/v4/categories/recommendations",
        scopes: &["demand::categories.read"],
        answer: Answer::ForApplication(categories::recommendations),
    },
    Operation {
        id: "listHomecareCategoriesV4",
        method: Method::Get,
        path: "/v4/categories/homecare",
        scopes: &["demand::categories.read"],
        answer: Answer::ForApplication(categories::homecare),
    },
    Operation {
        id: "searchCategoriesV4",
        method: Method::Get,
        path: "/v4/categories/search",
        scopes: &["demand::categories.read"],
        answer: Answer::ForApplication(categories::search),
    },
    Operation {
        id: "getRequestFormV4",
        method: Method::Get,
        path: "/v4/categories/{categoryID}/request-form",
        scopes: &["demand::categories/request-form.read"],
        answer: Answer::ForApplication(request_forms::get),
    },
    Operation {
        id: "listReviewsV4",
        method: Method::Get,
        path: "/v4/reviews",
        scopes: &["demand::businesses/reviews.read"],
        answer: Answer::ToAnyone(public_reviews::list),
    },
    Operation {
        id: "createRequestV4",
        method: Method::Post,
        path: "/v4/requests",
        scopes: &["demand::requests.write"],
        answer: Answer::ForUser(requests::create),
    },
];
