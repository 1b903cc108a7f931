//! What `${env.NAME}` stands for in a project file.

use crate::source::{Scope, Template};

/// The variables that a project file may name. They are looked up when they are asked for and kept nowhere.
#[derive(Debug, Default)]
pub struct Variables;

impl Variables {
    /// The value of the variable `name`, if it is set to a text.
    pub fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// The first variable that `template` names and that is not set. What is set and no text can't be used either.
    pub fn unset(&self, template: &Template) -> Option<String> {
        let unset = |name: &str| name.strip_prefix("env.").filter(|name| self.get(name).is_none()).map(str::to_owned);
        template.names().find_map(|(name, _)| unset(name))
    }
}

impl Scope for Variables {
    fn value(&self, name: &str) -> Option<serde_json::Value> {
        self.get(name.strip_prefix("env.")?).map(serde_json::Value::String)
    }
}
