//! Orders as the page's forms send them, in the words of the control API.

use serde_json::{Value, json};

use crate::mock::form::Parameters;

/// What a form orders. The error says what is wrong with it; whatever else is wrong, the control API says.
pub fn command(form: &Parameters) -> Result<Value, String> {
    let text = |name: &str| form.first(name).trim().to_owned();
    let number = |name: &str| {
        let written = text(name);
        written.parse::<u64>().map_err(|_| format!("`{written}` is no whole number, as `{name}` must be"))
    };
    match form.first("order") {
        "advance" => {
            let unit = match form.first("unit") {
                "days" => "d",
                "hours" => "h",
                "minutes" => "m",
                _ => "s",
            };
            Ok(json!({ "advance": format!("{}{unit}", number("by")?) }))
        }
        "next_login" => Ok(json!({ "next_login": { "user": text("user"), "answer": text("answer") } })),
        "rotate_keys" => Ok(json!({ "rotate_keys": true })),
        "clear_faults" => Ok(json!({ "clear_faults": true })),
        "fault" => {
            let mut fault = json!({ "at": text("at") });
            if !text("times").is_empty() {
                fault["times"] = json!(number("times")?);
            }
            match form.first("answer") {
                "status" => fault["respond"] = json!({ "status": number("status")? }),
                "delay" => fault["delay"] = json!(format!("{}ms", number("delay")?)),
                word => fault["respond"] = json!(word),
            }
            Ok(json!({ "fault": fault }))
        }
        "emit" => {
            let mut emit = json!({ "event": text("event"), "environment": text("environment") });
            for name in ["business", "negotiation", "text"] {
                if !text(name).is_empty() {
                    emit[name] = json!(text(name));
                }
            }
            // What is not ticked is not sent.
            if !text("full").is_empty() {
                emit["full"] = json!(true);
            }
            Ok(json!({ "emit": emit }))
        }
        other => Err(format!("`{other}` is no order of this page")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Result<Value, String> {
        command(&Parameters::parse(form.as_bytes()).unwrap())
    }

    #[test]
    fn forms_become_orders() {
        for (form, order) in [
            ("order=advance&by=2&unit=hours", json!({"advance": "2h"})),
            ("order=advance&by=2&unit=seconds", json!({"advance": "2s"})),
            ("order=next_login&user=pro&answer=deny", json!({"next_login": {"user": "pro", "answer": "deny"}})),
            ("order=rotate_keys", json!({ "rotate_keys": true })),
            ("order=clear_faults", json!({ "clear_faults": true })),
            (
                "order=fault&at=GET+/a&times=2&answer=geo_block&status=500",
                json!({"fault": {"at": "GET /a", "times": 2, "respond": "geo_block"}}),
            ),
            (
                "order=fault&at=GET+/a&times=&answer=status&status=500",
                json!({"fault": {"at": "GET /a", "respond": {"status": 500}}}),
            ),
            ("order=fault&at=GET+/a&answer=delay&delay=9", json!({"fault": {"at": "GET /a", "delay": "9ms"}})),
            (
                "order=emit&event=MessageCreatedV4&environment=staging&text=&business=1",
                json!({"emit": {"event": "MessageCreatedV4", "environment": "staging", "business": "1"}}),
            ),
            (
                "order=emit&event=MessageCreatedV4&environment=staging&full=yes",
                json!({"emit": {"event": "MessageCreatedV4", "environment": "staging", "full": true}}),
            ),
        ] {
            assert_eq!(read(form), Ok(order), "{form}");
        }
        for (form, word) in [
            ("order=advance&by=x", "`x`"),
            ("order=stop", "`stop`"),
            ("", "no order"),
            ("order=fault&answer=status&status=", "`status`"),
        ] {
            assert!(read(form).unwrap_err().contains(word), "{form}");
        }
    }
}
