//! Which entries of the journal a reader of the page wants to see.

use crate::mock::{
    control::{EnvironmentName, JournalEntry, JournalEvent, JournalRequest, Outcome},
    form::Parameters,
};

/// What is chosen in the form above the table. Empty text is no choice.
#[derive(Debug, Default)]
pub struct Wish {
    /// A text that is somewhere in the entry.
    pub text: String,
    /// `refused`, or the first digit of a status.
    pub status: String,
    /// Name of a client.
    pub client: String,
    /// Name of an environment.
    pub environment: String,
    /// The number of a grant, which is one of the environment's.
    pub grant: Option<u64>,
    /// The number of the last entry that is known already.
    pub after: u64,
    /// For how long to wait for a new one, in milliseconds.
    pub wait: u64,
}

impl Wish {
    /// Reads a query; what is not understood is no choice.
    pub fn read(query: &str) -> Self {
        let query = Parameters::readable(query.as_bytes());
        let text = |name: &str| query.first(name).trim().to_owned();
        Self {
            text: text("text"),
            status: text("status"),
            client: text("client"),
            environment: text("environment"),
            grant: query.first("grant").trim().parse().ok(),
            after: query.first("after").parse().unwrap_or(0),
            wait: query.first("wait").parse().unwrap_or(0),
        }
    }

    /// The choices as a query.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let grant = self.grant.map(|grant| grant.to_string()).unwrap_or_default();
        for (name, value) in [
            ("text", &self.text),
            ("status", &self.status),
            ("client", &self.client),
            ("environment", &self.environment),
            ("grant", &grant),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// Whether anything is chosen.
    pub fn is_narrow(&self) -> bool {
        !self.query().is_empty()
    }

    /// Whether `entry`, which is `line` in words, is wanted.
    pub fn wants(&self, entry: &JournalEntry, line: &str) -> bool {
        let text = self.text.is_empty() || line.to_lowercase().contains(&self.text.to_lowercase());
        text && match &entry.event {
            JournalEvent::Request(request) => self.wants_request(request),
            JournalEvent::Delivery { delivery } => {
                let status = delivery.attempts.last().and_then(|attempt| attempt.status).unwrap_or(0).to_string();
                let by_status = match self.status.as_str() {
                    "refused" => !status.starts_with('2'),
                    first => status.starts_with(first),
                };
                by_status && self.client.is_empty() && self.grant.is_none() && self.is_at(delivery.environment)
            }
            // An order has none of these.
            JournalEvent::Order(_) => self.status.is_empty() && self.client.is_empty() && self.grant.is_none(),
        }
    }

    fn wants_request(&self, request: &JournalRequest) -> bool {
        let status = request.status.unwrap_or(0).to_string();
        let by_status = match self.status.as_str() {
            "refused" => request.outcome != Outcome::Answered,
            first => status.starts_with(first),
        };
        by_status
            && (self.client.is_empty() || request.client.as_deref() == Some(&self.client))
            && self.is_at(request.environment)
            && (self.grant.is_none() || request.grant == self.grant)
    }

    fn is_at(&self, environment: EnvironmentName) -> bool {
        self.environment.is_empty() || name(environment) == self.environment
    }
}

/// The name of an environment.
pub fn name(environment: EnvironmentName) -> &'static str {
    match environment {
        EnvironmentName::Staging => "staging",
        EnvironmentName::Production => "production",
    }
}
