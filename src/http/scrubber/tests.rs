use std::thread;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Scrubber;

const AWKWARD: &str = r#"p%2B+a ü/\".*(x)[$^]~😀&=end"#;

fn knowing(secrets: &[(&str, &str)]) -> Scrubber {
    let scrubber = Scrubber::new();
    for (name, secret) in secrets {
        scrubber.learn(name, secret);
    }
    scrubber
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn ascii_json(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<Vec<_>>().concat()
}

/// The same percent-encoded text with its hex digits in lower case.
fn lower_hex(percent: &str) -> String {
    let mut digits_left = 0;
    let lower = |character: char| {
        let is_digit = digits_left > 0;
        digits_left = if character == '%' { 2 } else { digits_left - i32::from(is_digit) };
        if is_digit { character.to_ascii_lowercase() } else { character }
    };
    percent.chars().map(lower).collect()
}

/// All the ways of writing `secret` that a scrubber promises to see.
fn encodings(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    vec![
        secret.to_owned(),
        form(secret),
        form(&form(secret)),
        lower_hex(&percent),
        percent.clone(),
        form(&percent),
        json[1..json.len() - 1].to_owned(),
        json[1..json.len() - 1].replace('/', "\\/"),
        ascii_json(secret),
        STANDARD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(form(secret)),
        form(&STANDARD.encode(secret)),
    ]
}

#[test]
fn what_is_blanked_keeps_every_other_place() {
    let scrubber = knowing(&[("a", AWKWARD), ("b", "one\r\ntwo")]);
    let text = format!("ü: {AWKWARD} # {}\none\r\ntwo!", form(AWKWARD));
    let blanked = scrubber.blank(&text);
    let stars = |length: usize| "*".repeat(length);
    assert_eq!(blanked, format!("ü: {} # {}\n***\r\n***!", stars(AWKWARD.len()), stars(form(AWKWARD).len())));
    assert_eq!(blanked.len(), text.len());
}

#[test]
fn every_encoding_is_replaced_as_a_whole() {
    for secret in
        ["correct horse", AWKWARD, "a.b*c", "ünïcödé", "1234", "%%%%", "++++", "\\\\\\\\", "日本語の秘密", "\"'<>&"]
    {
        let scrubber = knowing(&[("it", secret)]);
        for encoded in encodings(secret) {
            assert_eq!(scrubber.scrub(&encoded), "[it]", "{secret} as {encoded}");
            let wrapped = format!("{{\"x\":\"{encoded}\"}}&y={encoded}&");
            assert_eq!(scrubber.scrub(&wrapped), "{\"x\":\"[it]\"}&y=[it]&", "{secret} as {encoded}");
        }
    }
}

#[test]
fn a_secret_is_found_inside_longer_base64_wherever_it_begins() {
    let scrubber = knowing(&[("it", "correct horse")]);
    for before in ["", "a", "ab", "abc", "abcd"] {
        for after in ["", "z", "zy", "zyx"] {
            let text = STANDARD.encode(format!("{before}correct horse{after}"));
            let shown = scrubber.scrub(&text);
            assert!(shown.contains("[it]"), "{before}…{after}: {text} became {shown}");
            assert!(shown.len() <= "[it]".len() + 14, "{before}…{after}: {text} became {shown}");
        }
    }
}

#[test]
fn the_credentials_of_http_basic_are_one_secret() {
    let scrubber = Scrubber::new();
    scrubber.learn_pair("client.secret", "a:b ü", "s%3A~cret");
    for pair in ["a:b ü:s%3A~cret".to_owned(), format!("{}:{}", form("a:b ü"), form("s%3A~cret"))] {
        let header = format!("authorization: Basic {}", STANDARD.encode(pair));
        assert_eq!(scrubber.scrub(&header), "authorization: Basic [client.secret]");
    }
    assert_eq!(scrubber.scrub("s%3A~cret"), "[client.secret]");
}

#[test]
fn the_longest_secret_wins_and_overlaps_leave_nothing() {
    let scrubber = knowing(&[("short", "abcd"), ("long", "abcdefgh"), ("over", "ghijkl")]);
    assert_eq!(scrubber.scrub("-abcdefgh-abcd-"), "-[long]-[short]-");
    assert_eq!(scrubber.scrub("-abcdefghijkl-"), "-[long][over]-");
    assert_eq!(knowing(&[("aaaa", "aaaa")]).scrub("baaaaaab").matches('a').count(), 3 * 4);
}

#[test]
fn short_secrets_are_not_learnt() {
    let scrubber = knowing(&[("empty", ""), ("short", "abc"), ("wide", "üüü")]);
    assert_eq!(scrubber.scrub("abc üüü"), "abc üüü");
}

#[test]
fn a_child_knows_its_parents_secrets_and_keeps_its_own() {
    let run = knowing(&[("run", "of the run")]);
    let scenario = run.child();
    scenario.learn("scenario", "of the scenario");
    assert_eq!(scenario.scrub("of the run, of the scenario"), "[run], [scenario]");
    assert_eq!(run.scrub("of the run, of the scenario"), "[run], of the scenario");
    run.learn("later", "learnt later");
    assert_eq!(scenario.scrub("learnt later"), "[later]");
}

#[test]
fn what_is_learnt_after_a_scrub_is_known_in_the_next() {
    let scrubber = knowing(&[("first", "first secret")]);
    assert_eq!(scrubber.scrub("first secret second secret"), "[first] second secret");
    scrubber.clone().learn("second", "second secret");
    assert_eq!(scrubber.scrub("first secret second secret"), "[first] [second]");
}

#[test]
fn text_without_secrets_stays_as_it_is() {
    let text = "100% of a+b \\ \\u12 %zz % \\";
    assert_eq!(knowing(&[("it", "correct horse")]).scrub(text), text);
    assert_eq!(Scrubber::new().scrub(text), text);
}

#[test]
fn debug_prints_no_secret() {
    assert_eq!(format!("{:?}", knowing(&[("it", "correct horse")])), "Scrubber(1 secrets)");
}

#[test]
fn many_threads_may_learn_and_scrub_at_once() {
    let scrubber = Scrubber::new();
    thread::scope(|scope| {
        for thread in 0..8 {
            let scrubber = &scrubber;
            scope.spawn(move || {
                for round in 0..50 {
                    let secret = format!("secret-{thread}-{round}-");
                    scrubber.learn("it", &secret);
                    assert_eq!(scrubber.scrub(&secret), "[it]");
                }
            });
        }
    });
}

#[test]
fn no_secret_of_random_characters_survives() {
    let alphabet: Vec<char> = "aB9 +%/\\\"'&=~.*-_$[](){}^|?\n\tüß€😀".chars().collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for round in 0..400 {
        let length = 4 + random(20);
        let secret: String = (0..length).map(|_| alphabet[random(alphabet.len())]).collect();
        let scrubber = knowing(&[("", &secret)]);
        for encoded in encodings(&secret) {
            let text = format!("{}{encoded}{}", "xyz".get(..random(4)).unwrap(), "xyz".get(..random(4)).unwrap());
            let shown = scrubber.scrub(&text);
            assert!(!shown.contains(encoded.as_str()), "round {round}: {secret:?} as {encoded:?} in {shown:?}");
            assert!(shown.contains("[]"), "round {round}: {secret:?} as {encoded:?}");
        }
    }
}
