//! The table of the operations on webhooks.

use super::{
    operation::{Answer, Method, Operation},
    test_negotiation, webhooks,
};

/// For users' webhooks, of either side; the documents name no scope, and partners were given these.
const READ: &[&str] = &["supply::webhooks.read", "demand::webhooks.read"];
const WRITE: &[&str] = &["supply::webhooks.write", "demand::webhooks.write"];

/// For businesses' webhooks.
const SUPPLY_READ: &[&str] = &["supply::webhooks.read"];
const SUPPLY_WRITE: &[&str] = &["supply::webhooks.write"];

const OF_USER: &str = "/v4/users/webhooks";
const ONE_OF_USER: &str = "/v4/users/webhooks/{webhookID}";
const OF_BUSINESS: &str = "/v4/businesses/{businessID}/webhooks";
const ONE_OF_BUSINESS: &str = "/v4/businesses/{businessID}/webhooks/{webhookID}";

/// The operations on webhooks.
pub static WEBHOOKS: [Operation; 11] = [
    Operation {
        id: "createUserWebhookV4",
        method: Method::Post,
        path: OF_USER,
        scopes: WRITE,
        answer: Answer::ForUser(webhooks::create_for_user),
    },
    Operation {
        id: "listUserWebhooksV4",
        method: Method::Get,
        path: OF_USER,
        scopes: READ,
        answer: Answer::ForUser(webhooks::list_for_user),
    },
    Operation {
        id: "getUserWebhookV4",
        method: Method::Get,
        path: ONE_OF_USER,
        scopes: READ,
        answer: Answer::ForUser(webhooks::get_for_user),
    },
    Operation {
        id: "updateUserWebhookV4",
        method: Method::Put,
        path: ONE_OF_USER,
        scopes: WRITE,
        answer: Answer::ForUser(webhooks::update_for_user),
    },
    Operation {
        id: "deleteUserWebhookV4",
        method: Method::Delete,
        path: ONE_OF_USER,
        scopes: WRITE,
        answer: Answer::ForUser(webhooks::delete_for_user),
    },
    Operation {
        id: "createBusinessWebhookV4",
        method: Method::Post,
        path: OF_BUSINESS,
        scopes: SUPPLY_WRITE,
        answer: Answer::ForUser(webhooks::create_for_business),
    },
    Operation {
        id: "listBusinessWebhooksV4",
        method: Method::Get,
        path: OF_BUSINESS,
        scopes: SUPPLY_READ,
        answer: Answer::ForUser(webhooks::list_for_business),
    },
    Operation {
        id: "getBusinessWebhookV4",
        method: Method::Get,
        path: ONE_OF_BUSINESS,
        scopes: SUPPLY_READ,
        answer: Answer::ForUser(webhooks::get_for_business),
    },
    Operation {
        id: "updateBusinessWebhookV4",
        method: Method::Put,
        path: ONE_OF_BUSINESS,
        scopes: SUPPLY_WRITE,
        answer: Answer::ForUser(webhooks::update_for_business),
    },
    Operation {
        id: "deleteBusinessWebhookV4",
        method: Method::Delete,
        path: ONE_OF_BUSINESS,
        scopes: SUPPLY_WRITE,
        answer: Answer::ForUser(webhooks::delete_for_business),
    },
    // Its scope is a guess: it makes data as the others with this one do.
    Operation {
        id: "createTestNegotiationV4",
        method: Method::Post,
        path: "/v4/businesses/{businessID}/webhooks/test-negotiation",
        scopes: SUPPLY_WRITE,
        answer: Answer::ForUser(test_negotiation::create),
    },
];
