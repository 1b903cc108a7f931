//! The links to an environment's web site that its API answers carry. `website` serves a page for each of them.
//!
//! That of a business and that of a category have the form that the documents' samples print; the widgets' are
//! documented. The two of a negotiation and that of a preset job are named in the API specification without any form, so theirs are
//! guesses.

use super::{
    people::Business,
    profiles::{Category, Profile},
};
use crate::mock::{control::WidgetMedium, site::Site};

/// Where a search came from, as its links carry it on.
#[derive(Debug)]
pub struct Attribution<'a> {
    /// `utm_source` of the request.
    pub utm_source: &'a str,
    /// ZIP code of the request.
    pub zip_code: &'a str,
}

/// The page of a business.
pub fn service_page(site: &Site, business: &Business, profile: &Profile, attribution: &Attribution) -> String {
    format!(
        "{}ca/san-francisco/{}/{}/service/{}?utm_source={}",
        site.website(),
        slug(profile.category.name),
        slug(business.name),
        business.id,
        attribution.utm_source
    )
}

/// The widget in which a customer makes a request.
pub fn request_flow(site: &Site, business: &Business, category: &Category, attribution: &Attribution) -> String {
    format!("{}embed/request-flow?{}", site.website(), widget_query(site, business, category, attribution))
}

/// The widget that shows a business. The partner puts the id of its own frame in place of the last value.
pub fn service_page_widget(site: &Site, business: &Business, category: &Category, attribution: &Attribution) -> String {
    format!(
        "{}embed/service-page?{}&iframe_id=REPLACE_THIS_ID_WITH_YOUR_IFRAME_ELEMENT_ID",
        site.website(),
        widget_query(site, business, category, attribution)
    )
}

/// The page of a category's businesses near the customer.
pub fn near_me(site: &Site, category: &Category, attribution: &Attribution) -> String {
    format!(
        "{}k/{}/near-me?utm_source={}&zip_code={}",
        site.website(),
        slug(category.name),
        attribution.utm_source,
        attribution.zip_code
    )
}

/// Where the customer of a negotiation is asked for a review.
pub fn request_review(site: &Site, negotiation: &str) -> String {
    format!("{}requests/{negotiation}/review", site.website())
}

/// Where the pro asks for a negotiation's fee back.
pub fn request_refund(site: &Site, negotiation: &str) -> String {
    format!("{}requests/{negotiation}/refund", site.website())
}

/// Where a pro sees a preset job.
pub fn preset_job(site: &Site, job: &str) -> String {
    format!("{}preset-jobs/{job}", site.website())
}

/// A name as it stands in a path: lower case, with hyphens.
pub fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn widget_query(site: &Site, business: &Business, category: &Category, attribution: &Attribution) -> String {
    let medium = match site.world.settings.widget_medium {
        WidgetMedium::Partnership => "partnership",
        WidgetMedium::Partnerships => "partnerships",
    };
    format!(
        "category_pk={}&service_pk={}&utm_medium={medium}&utm_source={}&zip_code={}",
        category.id, business.id, attribution.utm_source, attribution.zip_code
    )
}
