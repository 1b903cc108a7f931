//! A request as a `curl` command that a shell understands.

use ::http::Method;

use super::Request;
use super::needle::Form;
use super::scrubber::{Scrubber, Segment};
use std::sync::Arc;

/// The request as a `curl` command for a POSIX shell, over several lines. A secret becomes a shell variable that is
/// named after it: `client.secret` is `$CLIENT_SECRET`, its URL-encoded form `$CLIENT_SECRET_URLENCODED`, and so
/// `_JSON`, `_BASE64` and, for the credentials of HTTP Basic, `_BASIC`. Credentials and cookies are secrets by their
/// place: what the scrubber has not learnt of them is `$CREDENTIALS` and `$COOKIE`. A body that is not text is read from
/// the file `body.bin`.
pub fn curl(request: &Request, scrubber: &Scrubber) -> String {
    let url = request.url.as_str();
    let mut command = String::from("curl --include");
    if url.contains(['[', ']', '{', '}']) {
        command.push_str(" --globoff");
    }
    match request.method {
        Method::GET if request.body.is_empty() => {}
        Method::HEAD => command.push_str(" --head"),
        _ => {
            command.push_str(" --request ");
            command.push_str(request.method.as_str());
        }
    }
    command.push(' ');
    command.push_str(&word(url, scrubber));
    for (name, value) in &request.headers {
        // Without a value curl would take `name:` as the order not to send the header.
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        argument(&mut command, "--header", &shell_word(&line, header_segments(name, &line, scrubber)));
    }
    if !request.body.is_empty() {
        if request.header("content-type").is_none() {
            // Otherwise curl would claim a form.
            argument(&mut command, "--header", "'content-type:'");
        }
        match std::str::from_utf8(&request.body) {
            Ok(text) if !text.contains('\0') => argument(&mut command, "--data-raw", &word(text, scrubber)),
            _ => argument(&mut command, "--data-binary", "@body.bin"),
        }
    }
    command
}

fn argument(command: &mut String, option: &str, word: &str) {
    command.push_str(" \\\n  ");
    command.push_str(option);
    command.push(' ');
    command.push_str(word);
}

/// The header `line` cut up: of a header that is a secret by its place, all that is secret is.
fn header_segments<'l>(name: &str, line: &'l str, scrubber: &Scrubber) -> Vec<Segment<'l>> {
    let (separator, secret) = match name.to_ascii_lowercase().as_str() {
        "authorization" | "proxy-authorization" => (' ', "credentials"),
        "cookie" => ('=', "cookie"),
        _ => return scrubber.segments(line),
    };
    let value = (name.len() + 2).min(line.len());
    // The scheme, and the name of the first cookie, are told.
    let told = value + line[value..].find(separator).map_or(0, |at| at + 1);
    let (open, hidden) = line.split_at(told);
    let mut segments = scrubber.segments(open);
    match scrubber.segments(hidden).as_mut_slice() {
        [] => {}
        [Segment::Secret { name, form }] => segments.push(Segment::Secret { name: Arc::clone(name), form: *form }),
        _ => segments.push(Segment::Secret { name: secret.into(), form: Form::Raw }),
    }
    segments
}

/// One word of the shell that stands for `text`, with variables in place of secrets.
fn word(text: &str, scrubber: &Scrubber) -> String {
    shell_word(text, scrubber.segments(text))
}

fn shell_word(text: &str, segments: Vec<Segment<'_>>) -> String {
    let has_secret = segments.iter().any(|segment| matches!(segment, Segment::Secret { .. }));
    let is_plain = !text.contains(['"', '$', '`', '\\', '!', '\n']);
    let mut word = String::new();
    if has_secret && is_plain {
        word.push('"');
        for (at, segment) in segments.iter().enumerate() {
            match segment {
                Segment::Plain(plain) => word.push_str(plain),
                Segment::Secret { name, form } => {
                    let name = variable(name, *form);
                    let goes_on = matches!(segments.get(at + 1), Some(Segment::Plain(next))
                        if next.starts_with(|first: char| first == '_' || first.is_ascii_alphanumeric()));
                    let (open, close) = if goes_on { ("${", "}") } else { ("$", "") };
                    word.extend([open, name.as_str(), close]);
                }
            }
        }
        word.push('"');
        return word;
    }
    for segment in segments {
        match segment {
            Segment::Plain(plain) => {
                word.push('\'');
                word.push_str(&plain.replace('\'', r"'\''"));
                word.push('\'');
            }
            Segment::Secret { name, form } => {
                word.push_str("\"$");
                word.push_str(&variable(&name, form));
                word.push('"');
            }
        }
    }
    word
}

/// The shell variable that holds the secret `name` in `form`.
fn variable(name: &str, form: Form) -> String {
    let upper = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    let mut variable: String = upper.collect();
    // A digit cannot begin a name, and a name is needed.
    if variable.chars().next().is_none_or(|first| first.is_ascii_digit()) {
        variable.insert(0, '_');
    }
    variable.push_str(match form {
        Form::Raw => "",
        Form::UrlEncoded => "_URLENCODED",
        Form::Json => "_JSON",
        Form::Base64 => "_BASE64",
        Form::Basic => "_BASIC",
    });
    variable
}

#[cfg(test)]
mod tests;
