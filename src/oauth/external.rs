//! A store of logins that is another program's: one command gives them, another takes them.

use super::login::{Login, LoginKey};
use crate::config::LoginCommands;
use crate::shell::{Group, LONGEST, Line};

/// The most that a command may print for a login, in bytes.
const LARGEST_LOGIN: u64 = 1024 * 1024;

impl LoginCommands {
    /// The login of `key`, if the store has one.
    pub(super) fn load(&self, key: &LoginKey) -> Result<Option<Login>, String> {
        self.load_in(Group::Ours, key)
    }

    fn load_in(&self, group: Group, key: &LoginKey) -> Result<Option<Login>, String> {
        let text = self.run("load", group, key, None)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let wrong = |problem: String| format!("what `logins.load` gave for {} can't be used: {problem}", key.name());
        let (owner, login) = Login::from_json(&text).map_err(wrong)?;
        if owner.is(key) { Ok(Some(login)) } else { Err(wrong("it is the login of another user or client".to_owned())) }
    }

    /// Has `login` kept, and makes sure that it was. What a terminal sends to the programs before it, as at Ctrl-C, does
    /// not come to these commands, so that they are not ended while they keep a rotated token.
    pub(super) fn save(&self, key: &LoginKey, login: &Login) -> Result<(), String> {
        let text = login.to_json(key);
        self.run("save", Group::Own, key, Some(&text))?;
        match self.load_in(Group::Own, key)? {
            Some(kept) if kept.to_json(key) == text => Ok(()),
            _ => Err(format!(
                "`logins.save` ended well, and `logins.load` does not give what it was given for {}",
                key.name()
            )),
        }
    }

    /// Runs the command `word`, and gives what it printed, which is shown nowhere.
    fn run(&self, word: &str, group: Group, key: &LoginKey, input: Option<&str>) -> Result<String, String> {
        let text = if word == "save" { &self.save } else { &self.load };
        let name = key.name();
        let variable = Some(("TACKTEST_LOGIN", name.as_str()));
        let line =
            Line { text, folder: &self.folder, variable, input, group, longest: LONGEST, largest: LARGEST_LOGIN };
        let printed = line
            .printed()
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| line.by_hand("printed what is no UTF-8 text")));
        printed.map_err(|why| format!("the command `logins.{word}` of tacktest.yaml {why}"))
    }
}
