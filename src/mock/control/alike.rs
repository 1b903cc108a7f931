//! Whether what was sent has the form of what it was taken for.

use serde_json::Value;

/// Whether lists and objects stand only where the vocabulary has some: serde also takes a list for the members of an
/// object in their order, and an object with one member for a word, which would let mistakes pass.
pub fn is_alike(sent: &Value, understood: &Value) -> bool {
    match (sent, understood) {
        (Value::Array(sent), Value::Array(understood)) => {
            sent.iter().zip(understood).all(|(sent, understood)| is_alike(sent, understood))
        }
        (Value::Object(sent), Value::Object(understood)) => {
            sent.iter().all(|(name, sent)| understood.get(name).is_none_or(|understood| is_alike(sent, understood)))
        }
        (Value::Array(_), _) | (Value::Object(_), Value::String(_)) => false,
        _ => true,
    }
}
