//! The operators: one closed vocabulary and one table of names.

/// An operator of the language. The order is that of the table below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Not,
    Contains,
    Matches,
    StartsWith,
    EndsWith,
    AnyCase,
    Type,
    Format,
    OneOf,
    All,
    Gt,
    Gte,
    Lt,
    Lte,
    Length,
    Each,
    Some,
    Exactly,
    Absent,
    Present,
    Jwt,
}

const TABLE: [(Operator, &str, &str); 21] = [
    (Operator::Not, "$not", "a value is there, and it does not match this pattern"),
    (Operator::Contains, "$contains", "a text that has this text within it"),
    (Operator::Matches, "$matches", "a text in which this regular expression finds something; anchor it with ^ and $"),
    (Operator::StartsWith, "$starts_with", "a text that begins with this text"),
    (Operator::EndsWith, "$ends_with", "a text that ends with this text"),
    (Operator::AnyCase, "$any_case", "this text, in upper or lower case"),
    (
        Operator::Type,
        "$type",
        "a value of this type, or of one of these: string number integer boolean object array null",
    ),
    (Operator::Format, "$format", "a text of this format: date-time date email uri uuid"),
    (Operator::OneOf, "$one_of", "a value that matches at least one of these patterns"),
    (Operator::All, "$all", "a value that matches every one of these patterns"),
    (Operator::Gt, "$gt", "a number greater than this one"),
    (Operator::Gte, "$gte", "a number greater than or equal to this one"),
    (Operator::Lt, "$lt", "a number less than this one"),
    (Operator::Lte, "$lte", "a number less than or equal to this one"),
    (
        Operator::Length,
        "$length",
        "how many characters a text, elements an array or members an object has, or nodes a path selects; a number or a pattern for it",
    ),
    (Operator::Each, "$each", "an array that is not empty and whose every element matches this pattern"),
    (Operator::Some, "$some", "an array with at least one element that matches this pattern"),
    (Operator::Exactly, "$exactly", "this value, without other members at any depth"),
    (Operator::Absent, "$absent", "no value is there; only `true` can be written"),
    (Operator::Present, "$present", "a value is there, whatever it is; only `true` can be written"),
    (
        Operator::Jwt,
        "$jwt",
        "a signed JWT with this `header` and these `claims`, verified by the key set `signed_by`, which holds the hash of the access token `at_hash_of`",
    ),
];

/// Every operator: its name, and what it asks for (a fragment without a period).
///
/// Keys that begin with `$.` or `$[` are `JSONPath` expressions (RFC 9535) and are not listed.
pub const OPERATORS: &[(&str, &str)] = &{
    let mut rows = [("", ""); TABLE.len()];
    let mut index = 0;
    while index < rows.len() {
        rows[index] = (TABLE[index].1, TABLE[index].2);
        index += 1;
    }
    rows
};

impl Operator {
    /// The operator with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known, _)| *known == name).map(|(operator, ..)| *operator)
    }

    /// The name, with its `$`.
    pub(super) fn name(self) -> &'static str {
        TABLE[self as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_names_are_unique() {
        for (index, (operator, name, _)) in TABLE.iter().enumerate() {
            assert_eq!(*operator as usize, index, "{name}");
            assert_eq!(operator.name(), *name);
            assert_eq!(Operator::named(name), Some(*operator));
        }
        assert_eq!(TABLE.last().map(|(operator, ..)| *operator), Some(Operator::Jwt));
        assert_eq!(OPERATORS.len(), TABLE.len());
        assert_eq!(Operator::named("$jws"), None);
    }
}
