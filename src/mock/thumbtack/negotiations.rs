//! Negotiations ("leads") in the form of the API specification's `NegotiationV4`. The documents' own sample differs;
//! which of the two the API answers is unknown, and production clients read this one.

use serde_json::{Value, json};

use super::{
    links,
    people::{self, Business},
};
use crate::mock::{
    clock::rfc3339,
    site::{Environment, Site},
};

/// A negotiation as it is kept.
#[derive(Debug)]
pub struct Negotiation {
    /// Negotiation id.
    pub id: &'static str,
    /// Name of the user whose business it is with.
    pub owner: &'static str,
    /// The business.
    pub business: &'static Business,
    /// Name of the customer's account, if that is one of the mock's users.
    pub customer: Option<&'static str>,
    /// Customer id.
    pub customer_id: &'static str,
    /// Customer's first and last name.
    pub customer_name: [&'static str; 2],
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
}

/// 2024-06-13T17:18:01Z, the time in the documents' samples.
const CREATED_AT: i64 = 1_718_299_081_000;

/// The negotiation of `pro` and that of `other_pro`, in this order.
pub fn all(environment: Environment) -> [Negotiation; 2] {
    let [business, _, other_business] = people::businesses(environment);
    let (id, other_id, customer_id, other_customer_id) = match environment {
        Environment::Staging => {
            ("518000000000000021", "518000000000000022", "518000000000000003", "518000000000000004")
        }
        Environment::Production => {
            ("428000000000000021", "428000000000000022", "428000000000000003", "428000000000000004")
        }
    };
    [
        Negotiation {
            id,
            owner: "pro",
            business,
            customer: Some("customer"),
            customer_id,
            customer_name: ["Casey", "Customer"],
            created_at: CREATED_AT,
        },
        Negotiation {
            id: other_id,
            owner: "other_pro",
            business: other_business,
            customer: None,
            customer_id: other_customer_id,
            customer_name: ["Jordan", "Stranger"],
            created_at: CREATED_AT,
        },
    ]
}

impl Negotiation {
    /// First name and the initial of the last one, as the samples print it.
    pub fn customer_display_name(&self) -> String {
        let [first, last] = self.customer_name;
        format!("{first} {}.", last.chars().next().unwrap_or_default())
    }

    /// The negotiation as the API of its environment prints it.
    pub fn document(&self, site: &Site) -> Value {
        let [first_name, last_name] = self.customer_name;
        json!({
            "negotiationID": self.id,
            "createdAt": rfc3339(self.created_at),
            "customer": {
                "customerID": self.customer_id, "firstName": first_name, "lastName": last_name, "phone": "5555550142",
            },
            "business": { "businessID": self.business.id, "name": self.business.name, "imageURL": people::IMAGE },
            "request": {
                "requestID": format!("{}9", &self.id[..17]),
                "customerID": self.customer_id,
                "description": "TEST Need a full kitchen renovation",
                "category": { "categoryID": "201565295100608806", "name": "Kitchen Remodel" },
                "contactedBusinesses": [],
                "proposedTimes": [{ "start": "2024-06-20T16:00:00Z", "end": "2024-06-20T18:00:00Z" }],
                "location": {
                    "address1": "1 Main St", "address2": "", "city": "San Francisco", "state": "CA", "zipCode": "94117",
                },
                "travelPreferences": ["ProviderTravelToCustomer"],
                "details": [{ "question": "Project scope", "answer": "Full kitchen renovation" }],
                "attachments": [],
            },
            "estimate": {
                "type": "Fixed", "pricePerUnit": "150.00", "unitQuantity": 1, "unitName": "service", "total": "$150.00",
            },
            "status": "Open",
            "leadPrice": "$25.00",
            "leadPriceBreakdown": { "subtotal": "$23.15", "salesTax": "$1.85" },
            "chargeState": "Created",
            "requestReviewLink": links::request_review(site, self.id),
            "refundRequestLink": links::request_refund(site, self.id),
        })
    }
}
