//! The text parts of a `multipart/form-data` body (RFC 7578), which Hydra takes where a form is asked for.
//!
//! Strict, as Go's reader is: a body that does not end with its closing delimiter is not decodable. That lines end in
//! CRLF alone is a guess; Go is content with LF where the first line has it.

use super::form::{Parameters, Undecodable};

/// Reads the parts that have a name and are no files.
pub fn parse(body: &[u8], boundary: &str) -> Result<Parameters, Undecodable> {
    if boundary.is_empty() {
        return Err(Undecodable);
    }
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut form = Parameters::default();
    // What stands before the first delimiter is no part; that one needs no line break before it.
    let mut rest = match body.strip_prefix(delimiter.get(2..).unwrap_or_default()) {
        Some(rest) if ends_a_delimiter(rest) => rest,
        _ => until_delimiter(body, &delimiter)?.1,
    };
    while !rest.starts_with(b"--") {
        let (part, more) = until_delimiter(rest, &delimiter)?;
        let end = find(part, b"\r\n\r\n").ok_or(Undecodable)?;
        let head = String::from_utf8_lossy(part.get(..end).unwrap_or_default());
        if let Some(name) = name(&head)? {
            form.push(name.as_bytes(), part.get(end + 4..).unwrap_or_default());
        }
        rest = more;
    }
    Ok(form)
}

/// What stands before the next delimiter, and what behind it.
fn until_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Result<(&'a [u8], &'a [u8]), Undecodable> {
    let mut from = 0;
    loop {
        let found = from + find(bytes.get(from..).unwrap_or_default(), delimiter).ok_or(Undecodable)?;
        let (before, behind) = bytes.split_at_checked(found).ok_or(Undecodable)?;
        let behind = behind.get(delimiter.len()..).unwrap_or_default();
        if ends_a_delimiter(behind) {
            return Ok((before, behind));
        }
        // A longer word than the boundary.
        from = found + 2;
    }
}

/// Whether what follows ends a delimiter's line, or makes it the closing one.
fn ends_a_delimiter(behind: &[u8]) -> bool {
    behind.starts_with(b"--") || behind.trim_ascii_start().len() < behind.len() && first_line(behind).is_empty()
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii()
}

/// The name that a part's head gives; `None` for a file, and for what has none.
fn name(head: &str) -> Result<Option<&str>, Undecodable> {
    let mut name = None;
    // The end of the delimiter's line comes first.
    for line in head.split("\r\n").skip(1).filter(|line| !line.is_empty()) {
        let (field, value) = line.split_once(':').ok_or(Undecodable)?;
        if !field.eq_ignore_ascii_case("content-disposition") {
            continue;
        }
        let mut items = value.split(';').map(str::trim);
        if !items.next().is_some_and(|kind| kind.eq_ignore_ascii_case("form-data")) {
            return Ok(None);
        }
        for (key, value) in items.filter_map(|item| item.split_once('=')) {
            match key.to_ascii_lowercase().as_str() {
                "filename" => return Ok(None),
                "name" => name = Some(value.trim_matches('"')),
                _ => {}
            }
        }
    }
    Ok(name)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMED: &str = "Content-Disposition: form-data; name=\"grant_type\"";

    #[test]
    fn parts_are_read() {
        for (body, value) in [
            (format!("--x\r\n{NAMED}\r\n\r\npassword\r\n--x--\r\n"), "password"),
            (format!("before\r\n--x \t\r\nA: b\r\n{NAMED}\r\n\r\npassword\r\n--x--after"), "password"),
            (format!("--x\r\n{NAMED}\r\n\r\n\r\n--x\r\n{NAMED}\r\n\r\nlate\r\n--x--"), ""),
            (format!("--x\r\n{NAMED}\r\n\r\na --x\r\n--xy\r\nb\r\n--x--"), "a --x\r\n--xy\r\nb"),
            ("--x\r\ncontent-disposition:FORM-DATA;NAME=grant_type\r\n\r\nv\r\n--x--".to_owned(), "v"),
        ] {
            assert_eq!(parse(body.as_bytes(), "x").unwrap().first("grant_type"), value, "{body}");
        }
    }

    #[test]
    fn files_and_what_has_no_name_are_passed_over() {
        for head in ["Content-Disposition: form-data; name=\"a\"; filename=\"b\"", "Content-Disposition: inline", ""] {
            let body = format!("--x\r\n{head}\r\n\r\nvalue\r\n--x--");
            assert!(parse(body.as_bytes(), "x").unwrap().is_empty(), "{head}");
        }
        assert!(parse(b"--x--", "x").unwrap().is_empty());
    }

    #[test]
    fn what_is_broken_off_or_has_no_boundary_is_refused() {
        for (body, boundary) in [
            (String::new(), "x"),
            ("no delimiter".to_owned(), "x"),
            (format!("--x\r\n{NAMED}\r\n\r\npassword"), "x"),
            (format!("--x\r\n{NAMED}\r\n\r\npassword\r\n--x"), "x"),
            (format!("--x\r\n{NAMED}\r\n--x--"), "x"),
            ("--x\r\nno colon\r\n\r\nvalue\r\n--x--".to_owned(), "x"),
            (format!("--\r\n{NAMED}\r\n\r\npassword\r\n----"), ""),
        ] {
            assert_eq!(parse(body.as_bytes(), boundary).unwrap_err(), Undecodable, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just(b"--x".to_vec()), Just(b"\r\n".to_vec()), Just(b"--".to_vec()), Just(NAMED.into()),
                    proptest::collection::vec(any::<u8>(), 0..4),
                ],
                0..24,
            ),
        ) {
            drop(parse(&pieces.concat(), "x"));
        }

        #[test]
        fn a_value_is_read_as_it_was_written(value in "[a-z\r\n-]{0,20}") {
            let body = format!("--boundary\r\n{NAMED}\r\n\r\n{value}\r\n--boundary--\r\n");
            let form = parse(body.as_bytes(), "boundary").unwrap();
            prop_assert_eq!(form.first("grant_type"), value);
        }
    }
}
