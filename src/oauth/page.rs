//! The pages of a login: what a browser would send when a user has filled in a page's form.

use std::collections::BTreeMap;

use ::http::Method;
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::http::{Exchange, Request, form_encode, is_loopback};

/// Who answers the pages of a login.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The login name.
    pub login: String,
    /// The password.
    pub password: SecretString,
    /// Whether the visitor logs in and then does not approve.
    pub denies: bool,
}

/// What buttons say by which a user refuses, as names or values; texts of buttons are for people.
const REFUSALS: [&str; 8] = ["cancel", "decline", "denied", "deny", "disallow", "no", "refuse", "reject"];

/// A form of a page (HTML Living Standard §4.10).
#[derive(Debug, Default)]
struct Form {
    method: String,
    action: String,
    encoding: String,
    controls: Vec<Control>,
}

#[derive(Debug)]
struct Control {
    name: String,
    kind: Kind,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A line of text, also an e-mail address.
    Text,
    Password,
    /// A button that submits the form.
    Submit,
    /// Whatever is sent as it is.
    Kept,
}

/// What is sent for a page, and whether it carries the visitor's password or refusal.
pub(super) struct Submission {
    pub(super) request: Request,
    pub(super) tells_password: bool,
    pub(super) denies: bool,
}

impl Visitor {
    /// What this visitor sends from the page that `exchange` ended with: the form that asks for a password, with login
    /// and password filled in, or else the first form that is posted, or the first one, as it is. Who denies presses the
    /// button that refuses, on a page that asks for no password, and sends no such page where there is none.
    ///
    /// `None` if that is no page of a host on this machine, or if its form is none that leads on within its origin:
    /// nobody's login is filled into a page of a real site.
    pub(super) fn answer(&self, exchange: &Exchange) -> Option<Submission> {
        let page = &exchange.request.url;
        let response = exchange.response().filter(|response| response.status == 200 && is_loopback(page))?;
        if response.media_type().as_deref() != Some("text/html") {
            return None;
        }
        let mut forms = forms(&response.text());
        let asks_password = forms.iter().position(|form| form.controls.iter().any(|it| it.kind == Kind::Password));
        // What changes something at the server is posted, so that forms of a page's frame, such as a search, are passed by.
        let index = asks_password.or_else(|| forms.iter().position(Form::is_posted)).unwrap_or(0);
        let form = if index < forms.len() { forms.swap_remove(index) } else { return None };
        let url = page.join(&form.action).ok().filter(|url| url.origin() == page.origin())?;
        let tells_password = asks_password.is_some();
        let denies = self.denies && !tells_password;
        let button = if denies { Some(form.refusal()?) } else { form.first(Kind::Submit) };
        let request = form.request(url, &self.filled(&form, button))?;
        Some(Submission { request, tells_password, denies })
    }

    /// Names and values as they are sent when `button` is pressed, in the order of the page.
    fn filled<'v>(&'v self, form: &'v Form, button: Option<usize>) -> Vec<(&'v str, &'v str)> {
        let (text, password) = (form.first(Kind::Text), form.first(Kind::Password));
        let asks_password = password.is_some();
        let value = |(index, control): (usize, &'v Control)| match control.kind {
            Kind::Password if Some(index) == password => Some(self.password.expose_secret()),
            Kind::Text if asks_password && Some(index) == text => Some(self.login.as_str()),
            // As by the enter key, the first button is the one that is pressed (§4.10.21.2).
            Kind::Submit if Some(index) != button => None,
            _ => Some(control.value.as_str()),
        };
        let controls = form.controls.iter().enumerate().filter(|(_, control)| !control.name.is_empty());
        controls.filter_map(|(index, control)| Some((control.name.as_str(), value((index, control))?))).collect()
    }
}

impl Form {
    /// The first control of a kind.
    fn first(&self, kind: Kind) -> Option<usize> {
        self.controls.iter().position(|control| control.kind == kind)
    }

    /// The button that refuses.
    fn refusal(&self) -> Option<usize> {
        let refuses = |word: &str| REFUSALS.iter().any(|refusal| word.eq_ignore_ascii_case(refusal));
        let is_one =
            |control: &Control| control.kind == Kind::Submit && (refuses(&control.value) || refuses(&control.name));
        self.controls.iter().position(is_one)
    }

    fn is_posted(&self) -> bool {
        self.method.eq_ignore_ascii_case("post")
    }

    /// The request that submits the form to `url`; `None` where it is sent in a way that no login needs.
    fn request(&self, mut url: Url, fields: &[(&str, &str)]) -> Option<Request> {
        let body = form_encode(fields);
        url.set_fragment(None);
        if !self.is_posted() {
            url.set_query(Some(&body));
            return Some(Request::new(Method::GET, url));
        }
        let is_plain =
            self.encoding.is_empty() || self.encoding.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        is_plain.then(|| Request::new(Method::POST, url).with_body("application/x-www-form-urlencoded", body))
    }
}

/// The forms of a page with the inputs and buttons that a browser would send, by their tags alone, as forms don't nest.
/// Lists and fields of many lines, which logins do without, are left out.
fn forms(html: &str) -> Vec<Form> {
    let mut emitter = DefaultEmitter::default();
    // The texts of scripts and the like are no tags.
    emitter.naively_switch_states(true);
    let (mut forms, mut open): (Vec<Form>, Option<Form>) = (Vec::new(), None);
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        match token {
            Token::StartTag(tag) if *tag.name == b"form" && open.is_none() => {
                let attributes = Attributes::of(&tag);
                open = Some(Form {
                    method: attributes.text("method"),
                    action: attributes.text("action"),
                    encoding: attributes.text("enctype"),
                    controls: Vec::new(),
                });
            }
            Token::StartTag(tag) => {
                if let Some(form) = &mut open {
                    form.controls.extend(control(&tag));
                }
            }
            Token::EndTag(tag) if *tag.name == b"form" => forms.extend(open.take()),
            _ => {}
        }
    }
    // A form that is not closed ends with the page.
    forms.extend(open);
    forms
}

/// The control that a tag makes, if it is one that is sent.
fn control(tag: &StartTag<()>) -> Option<Control> {
    let attributes = Attributes::of(tag);
    let written = attributes.text("type").to_ascii_lowercase();
    let kind = match (&**tag.name, written.as_str()) {
        (b"input", "password") => Kind::Password,
        (b"input", "submit") | (b"button", "" | "submit") => Kind::Submit,
        (b"input", "checkbox" | "radio") if attributes.has("checked") => Kind::Kept,
        (b"input", "hidden") => Kind::Kept,
        (b"input", "button" | "image" | "reset" | "file" | "checkbox" | "radio") => return None,
        (b"input", _) => Kind::Text,
        _ => return None,
    };
    if attributes.has("disabled") {
        return None;
    }
    let ticked = matches!(written.as_str(), "checkbox" | "radio") && !attributes.has("value");
    let value = if ticked { "on".to_owned() } else { attributes.text("value") };
    Some(Control { name: attributes.text("name"), kind, value })
}

struct Attributes(BTreeMap<String, String>);

impl Attributes {
    fn of(tag: &StartTag<()>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self(tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect())
    }

    fn text(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::Response;

    fn visitor() -> Visitor {
        Visitor { login: "a@example.com".to_owned(), password: "pass & word".to_owned().into(), denies: false }
    }

    fn page(url: &str, kind: &str, status: u16, html: &str) -> Exchange {
        Exchange {
            request: Request::new(Method::GET, url.parse().unwrap()),
            outcome: Ok(Response::new(status, vec![("content-type".to_owned(), kind.to_owned())], html.to_owned())),
            started: jiff::Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
        }
    }

    /// What is sent for a page with this form: method, URL, body, and whether the password is in it.
    fn sent(html: &str) -> Option<String> {
        let answer =
            visitor().answer(&page("http://127.0.0.1:1/login/1?a=b", "text/html; charset=utf-8", 200, html))?;
        let Request { method, url, body, .. } = answer.request;
        let told = if answer.tells_password { " (password)" } else { "" };
        Some(format!("{method} {} {}{told}", &url[url::Position::BeforePath..], String::from_utf8_lossy(&body)))
    }

    const LOGIN: &str = "<input type=email name=who value=x><input type=password name=word>";

    #[test]
    fn a_login_page_is_filled_and_a_consent_page_sent_as_it_is() {
        let filled = "who=a%40example.com&word=pass+%26+word (password)";
        for (html, expected) in [
            (format!("<form method=post action=/in>{LOGIN}</form>"), format!("POST /in {filled}")),
            (format!("<form method=POST>{LOGIN}"), format!("POST /login/1?a=b {filled}")),
            (format!("<FORM METHOD='post' ACTION='2?x=1&amp;y=2#z'>{LOGIN}</FORM>"), format!("POST /login/2?x=1&y=2 {filled}")),
            // The form with the password goes before others.
            (format!("<form action=/search><input name=q></form><form method=post>{LOGIN}</form>"), format!("POST /login/1?a=b {filled}")),
            (
                "<form method=post action=/yes><input type=hidden name=csrf value='a&amp;b'><input name=note value=n>\
                 <input type=checkbox name=c1><input type=checkbox name=c2 checked><input type=radio name=r value=v checked>\
                 <input type=submit name=answer value=approve><button name=answer value=deny>No</button></form>"
                    .to_owned(),
                "POST /yes csrf=a%26b&note=n&c2=on&r=v&answer=approve".to_owned(),
            ),
            (
                "<form action=/search><input name=q></form><form method=post action=/yes></form>".to_owned(),
                "POST /yes ".to_owned(),
            ),
            ("<form action=/go?old=1><input name=a value=1></form>".to_owned(), "GET /go?a=1 ".to_owned()),
            ("<form method=post><input name=a value=1 disabled><input value=nameless></form>".to_owned(), "POST /login/1?a=b ".to_owned()),
            // A second field of either kind stays as it is.
            (
                format!("<form method=post>{LOGIN}<input name=more value=m><input type=password name=again></form>"),
                "POST /login/1?a=b who=a%40example.com&word=pass+%26+word&more=m&again= (password)".to_owned(),
            ),
            ("<script>'<form><input name=no>'</script><form method=post action=/yes></form>".to_owned(), "POST /yes ".to_owned()),
        ] {
            assert_eq!(sent(&html).as_deref(), Some(expected.as_str()), "{html}");
        }
    }

    #[test]
    fn who_denies_logs_in_and_presses_the_button_that_refuses() {
        let denying = Visitor { denies: true, ..visitor() };
        let answer = |html: &str| {
            let answer = denying.answer(&page("http://127.0.0.1:1/", "text/html", 200, html))?;
            Some((String::from_utf8_lossy(&answer.request.body).into_owned(), answer.denies))
        };
        let asked =
            |buttons: &str| answer(&format!("<form method=post><input type=hidden name=a value=1>{buttons}</form>"));
        let refused = |body: &str| Some((body.to_owned(), true));
        let yes = "<button name=answer value=yes>Yes</button>";
        assert_eq!(asked(&format!("{yes}<button name=answer value=No>No</button>")), refused("a=1&answer=No"));
        assert_eq!(
            asked(&format!("<input type=submit name=Cancel value='Not now'>{yes}")),
            refused("a=1&Cancel=Not+now")
        );
        for silent in
            ["", yes, "<button value=nope>", "<input type=hidden name=deny value=no>", "<button disabled value=deny>"]
        {
            assert_eq!(asked(silent), None, "nothing is approved: {silent}");
        }
        let login = format!("<form method=post>{LOGIN}<button name=answer value=deny>Cancel</button></form>");
        let filled = "who=a%40example.com&word=pass+%26+word&answer=deny";
        assert_eq!(
            answer(&login),
            Some((filled.to_owned(), false)),
            "the first button of a login is that of the enter key"
        );
    }

    #[test]
    fn what_leads_nowhere_or_away_is_not_sent() {
        for html in [
            "",
            "<input type=password name=word>",
            "<!-- <form method=post></form> -->",
            "<form method=post action=http://127.0.0.1:2/in></form>",
            "<form method=post action=//login.example.com/in></form>",
            "<form method=post action='javascript:in()'></form>",
            "<form method=post action='http://['></form>",
            "<form method=post enctype=multipart/form-data></form>",
        ] {
            assert_eq!(sent(html), None, "{html}");
        }
    }

    #[test]
    fn only_pages_of_this_machine_are_answered() {
        let form = format!("<form method=post>{LOGIN}</form>");
        let answers = |url, kind, status| visitor().answer(&page(url, kind, status, &form)).is_some();
        assert!(answers("http://127.0.0.1:1/login", "text/html", 200));
        assert!(answers("http://[::1]:1/login", "text/html", 200));
        assert!(!answers("http://login.example.com/login", "text/html", 200));
        assert!(!answers("https://auth.thumbtack.com/login", "text/html", 200));
        assert!(!answers("http://127.0.0.1.example.com/login", "text/html", 200));
        assert!(!answers("http://192.168.0.1/login", "text/html", 200));
        assert!(!answers("http://127.0.0.1:1/login", "text/plain", 200));
        assert!(!answers("http://127.0.0.1:1/login", "text/html", 400));
    }
}
