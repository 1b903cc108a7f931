//! What a search tells about businesses: their categories, and what stands on their pages. All is invented, but for the
//! names and ids of the first two categories, which the documents' samples print.

use super::people::{self, Business};
use crate::mock::site::Environment;

/// A category of services.
#[derive(Debug, PartialEq)]
pub struct Category {
    /// Its id, the same in both environments, which is a guess.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// What a search tells about a business besides its id and name.
#[derive(Debug)]
pub struct Profile {
    /// The one category in which it is found.
    pub category: &'static Category,
    /// What it says of itself.
    pub introduction: &'static str,
    /// What a customer said of it.
    pub review: &'static str,
    /// From how much, in whole dollars, and for what. The documents do not tell the unit of the number.
    pub quote: (u32, &'static str),
    /// Stars from 1 to 5, in tenths.
    pub rating_tenths: u32,
    /// Number of reviews.
    pub reviews: u32,
    /// Number of times it was hired.
    pub hires: u32,
    /// Years in business.
    pub years: u32,
    /// Hours until it responds, in tenths.
    pub response_tenths: u32,
    /// Labels: `popular`, `licensed`, `low_price`.
    pub pills: &'static [&'static str],
}

static KITCHEN: Category = Category { id: "201565295100608806", name: "Kitchen Remodel" };
/// The category of negotiations that try webhooks out.
pub static LAWN: Category = Category { id: "240123621172183344", name: "Full Service Lawn Care" };
static AERIAL: Category = Category { id: "250000000000000003", name: "Aerial Photography" };
static HANDYMAN: Category = Category { id: "250000000000000004", name: "Handyman" };
static CLEANING: Category = Category { id: "250000000000000005", name: "House Cleaning" };

/// The categories that have businesses.
pub static CATEGORIES: [&Category; 5] = [&KITCHEN, &LAWN, &AERIAL, &HANDYMAN, &CLEANING];

const REVIEWS: [&str; 2] = ["TEST Fast and careful.", "TEST Came on time, twice."];

/// In the order of [`people::all_businesses`].
static PROFILES: [Profile; 10] = [
    profile(&AERIAL, "TEST Photographs from above.", (150, "hour"), [49, 120, 210, 5, 5], &["popular"]),
    profile(&KITCHEN, "TEST Kitchens, made new.", (2500, "project"), [48, 64, 80, 12, 20], &["licensed"]),
    profile(&LAWN, "TEST Lawns of every size.", (45, "visit"), [46, 31, 55, 3, 40], &["low_price"]),
    profile(&KITCHEN, "TEST Cabinets and counters.", (1800, "project"), [45, 18, 22, 2, 80], &[]),
    profile(&KITCHEN, "TEST Remodeling by the book.", (3200, "project"), [50, 9, 11, 20, 10], &["popular", "licensed"]),
    profile(&LAWN, "TEST Gardens that stay.", (60, "visit"), [47, 77, 140, 8, 15], &["popular"]),
    profile(&HANDYMAN, "TEST Small things, repaired.", (85, "hour"), [49, 230, 410, 9, 5], &["popular"]),
    profile(&HANDYMAN, "TEST Shelves, doors and taps.", (70, "hour"), [43, 12, 19, 1, 120], &["low_price"]),
    profile(&CLEANING, "TEST Clean rooms.", (40, "hour"), [48, 310, 620, 6, 10], &["popular"]),
    profile(&CLEANING, "TEST Clean windows too.", (35, "hour"), [44, 25, 33, 4, 250], &["low_price"]),
];

/// The numbers are: stars in tenths, reviews, hires, years, hours until it responds in tenths.
const fn profile(
    category: &'static Category,
    introduction: &'static str,
    quote: (u32, &'static str),
    numbers: [u32; 5],
    pills: &'static [&'static str],
) -> Profile {
    let [rating_tenths, reviews, hires, years, response_tenths] = numbers;
    Profile {
        category,
        introduction,
        review: REVIEWS[reviews as usize % 2],
        quote,
        rating_tenths,
        reviews,
        hires,
        years,
        response_tenths,
        pills,
    }
}

/// All businesses of an environment with their profiles.
pub fn all(environment: Environment) -> impl Iterator<Item = (&'static Business, &'static Profile)> {
    people::all_businesses(environment).zip(&PROFILES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_business_has_a_profile_and_every_category_a_business() {
        for environment in [Environment::Staging, Environment::Production] {
            assert_eq!(people::all_businesses(environment).count(), PROFILES.len());
            for category in CATEGORIES {
                assert!(all(environment).any(|(_, profile)| profile.category == category), "{}", category.name);
            }
        }
    }
}
