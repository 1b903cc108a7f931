//! The keys of faults and of the limit of the mock, in a scenario and in the file of `tacktest mock --faults`.

use crate::config::EnvironmentWord;

use super::keys::Content::{
    Any, Duration, Number, Object as Of, Parameters, Text, TextMap, TextOrTexts, Texts, Turns, Word, WordList, WordOr,
};
use super::keys::{Key, Object, key};
use super::words::{
    CLAIM_WORDS, CODE_WORDS, Grant, KEY_ID_WORDS, LIMIT_HEADER_WORDS, LIMITED_BY_WORDS, MOMENT_WORDS, PASS_WORDS,
    PRESET_WORDS, RETRY_AFTER_WORDS, SIGNATURE_WORDS, STATE_WORDS,
};

/// The keys of `of`, and those that say what happens.
macro_rules! with_effects {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            key("respond", WordOr(&PRESET_WORDS, &RESPOND), "what is answered instead, or the name of an answer"),
            key("redirect_to", Of(&REDIRECT_TO), "where the request is sent instead"),
            key("hang", Word(&MOMENT_WORDS), "no answer comes, before or after the request is processed"),
            key("reset", Word(&MOMENT_WORDS), "the connection is reset, before or after the request is processed"),
            key("delay", Duration, "how long the answer is held back"),
            key("dribble", Of(&DRIBBLE), "the body comes in small pieces"),
            key("truncate", Number, "how many bytes of the body are sent, of those that are announced"),
            key("body", Of(&MEMBERS), "members of a JSON answer that are left out or others"),
            key("token", Of(&MEMBERS), "members of a token response that are left out or others"),
            key("id_token", Of(&ID_TOKEN), "an id token that is not what it should be"),
            key("callback", Of(&CALLBACK), "what the client is told at its redirect URI"),
        ]
    };
}

/// `fault` of `mock`, and an element of a file of faults.
pub(super) const FAULT: Object = Object {
    name: "`fault`",
    required: &["at"],
    keys: with_effects![
        key("at", TextOrTexts, "the method and path, as a step writes them; several; or `any`"),
        key("client", Text, "the only client whose requests meet it"),
        key("user", Text, "the only user whose requests meet it"),
        key("grant", Word(&Grant::WORDS), "the only grant that meets it, at the token URL"),
        key("environment", Word(&EnvironmentWord::WORDS), "the only environment in which it is met"),
        key("times", Number, "how many requests meet it; all if it is not said"),
        key("percentage", Number, "how many of a hundred requests meet it, chosen by the world's seed"),
        key("sequence", Turns(&PASS_WORDS, &EFFECT), "what the first request meets, what the second, and so on"),
    ],
};

/// What happens, in an element of `sequence`.
pub(super) const EFFECT: Object = Object { name: "an element of `sequence`", required: &[], keys: with_effects![] };

/// The keys that say what happens.
pub(super) fn effects() -> Vec<&'static str> {
    EFFECT.keys.iter().map(|key| key.name).collect()
}

/// `respond` of `fault`.
pub(super) const RESPOND: Object = Object {
    name: "`respond`",
    required: &["status"],
    keys: &[
        key("status", Number, "the status"),
        key("headers", Parameters, "headers beside those that the body implies"),
        key("json", Any, "the body, as JSON"),
        key("text", Text, "the body, as it is"),
    ],
};

/// `redirect_to` of `fault`.
pub(super) const REDIRECT_TO: Object = Object {
    name: "`redirect_to`",
    required: &["url"],
    keys: &[key("url", Text, "where to"), key("status", Number, "the status; 302 if it is not said")],
};

/// `dribble` of `fault`.
pub(super) const DRIBBLE: Object = Object {
    name: "`dribble`",
    required: &["every"],
    keys: &[
        key("every", Duration, "the pause before each piece"),
        key("bytes", Number, "the bytes of a piece; 1 if it is not said"),
    ],
};

/// `body` and `token` of `fault`.
pub(super) const MEMBERS: Object = Object { name: "a change of members", required: &[], keys: MEMBER_KEYS };

const MEMBER_KEYS: &[Key] = &[
    key("omit", Texts, "what is left out; a name that begins with `/` is a JSON Pointer"),
    key("set", Any, "what has another value, by name; a name that begins with `/` is a JSON Pointer"),
];

/// `id_token` of `fault`.
pub(super) const ID_TOKEN: Object = Object {
    name: "`id_token`",
    required: &[],
    keys: &[
        key("signature", Word(&SIGNATURE_WORDS), "how it is signed"),
        key("kid", Word(&KEY_ID_WORDS), "which key it names"),
        key("wrong", WordList(&CLAIM_WORDS), "claims whose value is wrong for this login"),
        key("omit", Texts, "claims that are left out"),
        key("set", Any, "claims that have other values, by name"),
    ],
};

/// `callback` of `fault`.
pub(super) const CALLBACK: Object = Object {
    name: "`callback`",
    required: &[],
    keys: &[
        key("state", Word(&STATE_WORDS), "what becomes of `state`"),
        key("code", Word(&CODE_WORDS), "another form of the code, which can be exchanged all the same"),
        key("error", Text, "the error that is told in place of a code"),
        key("duplicate", Texts, "the names of parameters that stand there twice"),
        key("extra", TextMap, "parameters beside those that belong there, by name"),
    ],
};

/// `rate_limit` of `mock`.
pub(super) const RATE_LIMIT: Object = Object {
    name: "`rate_limit`",
    required: &["requests", "per"],
    keys: &[
        key(
            "at",
            TextOrTexts,
            "which requests are counted, as `at` of a fault says it; those for the API if it is not said",
        ),
        key("requests", Number, "how many requests are answered in each window"),
        key("per", Duration, "how long a window is, by the world's clock"),
        key("by", Word(&LIMITED_BY_WORDS), "whose requests are counted together; a client's if it is not said"),
        key("retry_after", Word(&RETRY_AFTER_WORDS), "what `Retry-After` says; it is not there if that is not said"),
        key("headers", Word(&LIMIT_HEADER_WORDS), "which headers tell how much is left; none if it is not said"),
    ],
};

/// `next_login` of `mock`.
pub(super) const NEXT_LOGIN: Object = Object {
    name: "`next_login`",
    required: &["user"],
    keys: &[
        key("user", Text, "who logs in next"),
        key("answer", Word(&super::words::ANSWER_WORDS), "what the user answers; approve if it is not said"),
    ],
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mock::control::{Fault, RateLimit};

    /// The words that serde tells when one is unknown.
    fn known(told: &str) -> bool {
        !told.contains("unknown field")
    }

    #[test]
    fn every_key_is_a_word_of_the_control_api_too() {
        for key in FAULT.keys {
            let told = serde_json::from_value::<Fault>(json!({"at": "any", key.name: true})).map(drop);
            assert!(told.is_err_and(|told| known(&told.to_string())), "{}", key.name);
        }
        assert!(!known(&serde_json::from_value::<Fault>(json!({"at": "any", "xt": true})).unwrap_err().to_string()));
        for (member, object) in [
            ("respond", &RESPOND),
            ("redirect_to", &REDIRECT_TO),
            ("dribble", &DRIBBLE),
            ("body", &MEMBERS),
            ("token", &MEMBERS),
            ("id_token", &ID_TOKEN),
            ("callback", &CALLBACK),
        ] {
            for key in object.keys {
                let told = serde_json::from_value::<Fault>(json!({"at": "any", member: {key.name: {"a": []}}}));
                assert!(told.is_ok() || told.is_err_and(|told| known(&told.to_string())), "{member}.{}", key.name);
            }
        }
        for key in RATE_LIMIT.keys {
            let told = serde_json::from_value::<RateLimit>(json!({key.name: {}})).unwrap_err();
            assert!(known(&told.to_string()), "{}", key.name);
        }
    }
}
