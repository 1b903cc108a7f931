//! Which town a ZIP code means, as far as the mock knows it.

/// A town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub city: &'static str,
    /// Its state, in two letters.
    pub state: &'static str,
}

impl Place {
    /// The place of a ZIP code.
    pub fn of(zip_code: &str) -> Self {
        match zip_code {
            "90210" => Self { city: "Beverly Hills", state: "CA" },
            _ if zip_code.starts_with("941") => Self { city: "San Francisco", state: "CA" },
            _ => Self { city: "Anytown", state: "US" },
        }
    }

    /// Town and state, as a search prints them.
    pub fn label(self) -> String {
        format!("{}, {}", self.city, self.state)
    }
}
