//! A negotiation for trying webhooks out, with the values that partners saw in such ones.

use std::sync::LazyLock;

use axum::response::Response;

use super::{
    answers::created,
    businesses::owned,
    negotiations::{self, Asked, Customer, Negotiation, Particulars, Status},
    operation::{Call, Refused},
    people::{self, Business, User},
    profiles::LAWN,
};
use crate::mock::site::Environment;

/// The users' businesses by the name that they have in such a negotiation.
static STAGING: LazyLock<[Business; 3]> = LazyLock::new(|| renamed(Environment::Staging));
static PRODUCTION: LazyLock<[Business; 3]> = LazyLock::new(|| renamed(Environment::Production));

fn renamed(environment: Environment) -> [Business; 3] {
    people::businesses(environment).each_ref().map(|business| Business {
        id: business.id,
        owner: business.owner,
        name: "Test Business for Webhooks",
    })
}

/// `POST /businesses/{businessID}/webhooks/test-negotiation`. What it reads of a body is unknown; here nothing. Its answer
/// is unknown too; here it is the negotiation.
pub fn create(call: &Call<'_>, user: &'static User) -> Result<Response, Refused> {
    let owned = owned(call, user)?;
    let renamed = match call.site.environment {
        Environment::Staging => &*STAGING,
        Environment::Production => &*PRODUCTION,
    };
    let business = renamed.iter().find(|business| business.id == owned.id).unwrap_or(owned);
    let world = &call.site.world;
    let negotiation = Negotiation {
        id: world.identifiers.resource(),
        business,
        customer: Customer {
            id: world.identifiers.resource(),
            account: None,
            name: ["Test", "Customer"],
            phone: "1234567890",
        },
        request: Asked {
            id: world.identifiers.resource(),
            description: "TEST Need Full Service Lawn Care".to_owned(),
            category: &LAWN,
            zip_code: "94103".to_owned(),
            particulars: Particulars::sample("Property size", "Small"),
        },
        created_at: world.clock.now(),
        status: Status::Open,
        is_full: false,
    };
    let negotiation = negotiations::create(call.site, negotiation);
    Ok(created(call.site, &negotiation.document(call.site)))
}
