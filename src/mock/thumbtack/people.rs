//! Users and businesses. All are invented.

use crate::mock::site::Environment;

/// The document's own image host.
pub const IMAGE: &str =
    "https://production-next-images-cdn.thumbtack.com/i/323302111019294847/desktop/standard/fullscreen";

/// The names of the users; the first logs in by default.
pub const USERS: [&str; 3] = ["pro", "other_pro", "customer"];

/// The time zone of every user (an IANA name).
pub const ZONE: &str = "America/Los_Angeles";

/// A Thumbtack account.
#[derive(Debug)]
pub struct User {
    /// Its name in the control API.
    pub name: &'static str,
    /// User id, also the `sub` of tokens.
    pub id: &'static str,
    /// E-mail address, with which the user logs in.
    pub email: &'static str,
    /// Password; plainly a fake.
    pub password: &'static str,
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Telephone number.
    pub phone: &'static str,
}

/// A business ("pro profile") and who owns it.
#[derive(Debug)]
pub struct Business {
    /// Business id.
    pub id: &'static str,
    /// Name of the owning user; empty if that is none of the mock's.
    pub owner: &'static str,
    /// Its name.
    pub name: &'static str,
}

impl User {
    /// The URL of a picture that is not there.
    pub fn picture(&self) -> String {
        format!("https://example.com/pictures/{}.png", self.name)
    }
}

impl Business {
    /// Its telephone number, which ends as its id does.
    pub fn phone(&self) -> String {
        format!("+155555501{}", self.id.get(self.id.len().saturating_sub(2)..).unwrap_or_default())
    }
}

const fn user(name: &'static str, id: &'static str, person: [&'static str; 5]) -> User {
    let [email, password, first_name, last_name, phone] = person;
    User { name, id, email, password, first_name, last_name, phone }
}

const PRO: [&str; 5] = ["pro@example.com", "mock-pro-password", "Robin", "Prober", "+15555550101"];
const OTHER_PRO: [&str; 5] = ["other.pro@example.com", "mock-other-pro-password", "Alex", "Elsewhere", "+15555550102"];
const CUSTOMER: [&str; 5] = ["customer@example.com", "mock-customer-password", "Casey", "Customer", "+15555550103"];

static STAGING_USERS: [User; 3] = [
    user("pro", "518000000000000001", PRO),
    user("other_pro", "518000000000000002", OTHER_PRO),
    user("customer", "518000000000000003", CUSTOMER),
];

static PRODUCTION_USERS: [User; 3] = [
    user("pro", "428000000000000001", PRO),
    user("other_pro", "428000000000000002", OTHER_PRO),
    user("customer", "428000000000000003", CUSTOMER),
];

static STAGING_BUSINESSES: [Business; 3] = [
    Business { id: "518000000000000011", owner: "pro", name: "Prober Aerial Photography" },
    Business { id: "518000000000000012", owner: "pro", name: "Prober Remodeling" },
    Business { id: "518000000000000013", owner: "other_pro", name: "Elsewhere Lawn Care" },
];

static PRODUCTION_BUSINESSES: [Business; 3] = [
    Business { id: "428000000000000011", owner: "pro", name: "Prober Aerial Photography" },
    Business { id: "428000000000000012", owner: "pro", name: "Prober Remodeling" },
    Business { id: "428000000000000013", owner: "other_pro", name: "Elsewhere Lawn Care" },
];

static STAGING_STRANGERS: [Business; 7] = [
    Business { id: "518000000000000041", owner: "", name: "Example Kitchens" },
    Business { id: "518000000000000042", owner: "", name: "Sample Remodeling" },
    Business { id: "518000000000000043", owner: "", name: "Placeholder Gardens" },
    Business { id: "518000000000000044", owner: "", name: "Fictional Fixers" },
    Business { id: "518000000000000045", owner: "", name: "Imaginary Handyworks" },
    Business { id: "518000000000000046", owner: "", name: "Invented Cleaning" },
    Business { id: "518000000000000047", owner: "", name: "Hypothetical Cleaning" },
];

static PRODUCTION_STRANGERS: [Business; 7] = [
    Business { id: "428000000000000041", owner: "", name: "Example Kitchens" },
    Business { id: "428000000000000042", owner: "", name: "Sample Remodeling" },
    Business { id: "428000000000000043", owner: "", name: "Placeholder Gardens" },
    Business { id: "428000000000000044", owner: "", name: "Fictional Fixers" },
    Business { id: "428000000000000045", owner: "", name: "Imaginary Handyworks" },
    Business { id: "428000000000000046", owner: "", name: "Invented Cleaning" },
    Business { id: "428000000000000047", owner: "", name: "Hypothetical Cleaning" },
];

/// The users of an environment; the first logs in by default.
pub fn users(environment: Environment) -> &'static [User] {
    match environment {
        Environment::Staging => &STAGING_USERS,
        Environment::Production => &PRODUCTION_USERS,
    }
}

/// The user of this name.
pub fn user_named(environment: Environment, name: &str) -> Option<&'static User> {
    users(environment).iter().find(|user| user.name == name)
}

/// The businesses of an environment's users.
pub fn businesses(environment: Environment) -> &'static [Business; 3] {
    match environment {
        Environment::Staging => &STAGING_BUSINESSES,
        Environment::Production => &PRODUCTION_BUSINESSES,
    }
}

/// All businesses of an environment: first those of its users, then strangers', who are only found by searching.
pub fn all_businesses(environment: Environment) -> impl Iterator<Item = &'static Business> {
    let strangers = match environment {
        Environment::Staging => &STAGING_STRANGERS,
        Environment::Production => &PRODUCTION_STRANGERS,
    };
    businesses(environment).iter().chain(strangers)
}
