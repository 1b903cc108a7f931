//! Orders to the mock and what becomes of them: who logs in and says what, given data, answers by name.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod project;

use project::Project;

fn runs(text: &str) {
    Project::new().scenario("one", text).tacktest(&[]).told(0, &["1 passed"]);
}

const LOGIN: &str = "\
title: Who agrees
client: supply
snapshot: none
steps:
  - authorize: { scope: supply::users.read, pkce: S256, AUTHORIZE }
    expect: { redirect: { code: { $present: true } } }
    save: { code: { redirect: code } }
  - token: { grant: authorization_code, code: \"${code}\" }
    expect: { status: 200 }
    save: { access: $.access_token }
  - get: /v4/users/self
    bearer: \"${access}\"
    expect: { status: 200, body: { PERSON } }
";

const DENIED: &str = "\
title: Who denies
client: supply
snapshot: none
steps:
  - authorize: { scope: offline_access supply::businesses.list, pkce: S256, AUTHORIZE }
    expect: { redirect: { error: access_denied, state: \"${sent.state}\", code: { $absent: true } } }
  - name: the next one is asked anew
    authorize: { scope: offline_access supply::businesses.list, pkce: S256 }
    expect: { redirect: { code: { $present: true } } }
";

#[test]
fn a_user_denies_whether_named_or_not() {
    for authorize in ["answer: deny", "user: customer, answer: deny", "user: pro, answer: deny"] {
        runs(&DENIED.replace("AUTHORIZE", authorize));
    }
    let repeated = DENIED.replace("AUTHORIZE", "answer: deny").replace(
        "    expect: { redirect: { error",
        "    until: { every: 10ms, for: 1s, expect: { redirect: { error: access_denied } } }\n    expect: { redirect: { error",
    );
    runs(&repeated);
}

#[test]
fn each_user_logs_in_as_who_they_are() {
    // By a step and by a carried token.
    let person = |user: &str| {
        let written = if user.is_empty() { String::new() } else { format!("user: {user}") };
        let step = LOGIN.replace("AUTHORIZE", &written);
        let carried = format!(
            "title: T\nclient: supply\nsnapshot: none\ntoken: {{ grant: authorization_code, scope: supply::users.read, {written} }}\n\
             steps:\n  - get: /v4/users/self\n    expect: {{ status: 200, body: {{ PERSON }} }}\n"
        );
        [step, carried]
    };
    for (user, name) in NAMES {
        for text in person(user) {
            runs(&text.replace("PERSON", &format!("firstName: {name}")));
        }
    }
}

/// The users of the mock by their first names; the first is who is not named.
const NAMES: [(&str, &str); 4] = [("", "Robin"), ("pro", "Robin"), ("other_pro", "Alex"), ("customer", "Casey")];

#[test]
fn the_mock_takes_every_order_of_given_data_and_new_keys() {
    runs(
        "title: T\nclient: supply\nsnapshot: none\nsteps:\n  - mock: { given: { refunded_lead: \"${fixture.negotiation}\" } }\n  \
         - mock: { given: { closed_business: \"${fixture.business}\" } }\n  - mock: { given: { not_a_pro: pro } }\n  \
         - mock: { given: { remembered_consent: { user: customer, scope: offline_access } } }\n  \
         - mock: { rotate_keys: true }\n",
    );
    let unknown = "title: T\nsnapshot: none\nsteps:\n  - mock: { given: { refunded_lead: \"1\" } }\n";
    Project::new().scenario("one", unknown).tacktest(&[]).told(1, &["there is no negotiation `1`"]);
    let agreed = "title: T\nclient: supply\nsnapshot: none\nsteps:\n  \
                  - mock: { given: { remembered_consent: { user: pro, scope: openid nope } } }\n";
    Project::new().scenario("one", agreed).tacktest(&[]).told(1, &["nobody can have agreed to `nope`;"]);
}

#[test]
fn a_fault_answers_by_name() {
    for (word, expect) in [
        ("waf_challenge", "status: 202"),
        ("waf_captcha", "status: 405"),
        ("waf_block", "status: 403"),
        ("rate_limit", "status: 429, headers: { retry-after: { $absent: true } }"),
        ("geo_block", "status: 451"),
        ("proxy_oauth_failed", "status: 502, body: { error: proxy_oauth_failed }"),
        ("server_error", "status: 500"),
    ] {
        runs(&format!(
            "title: T\nsnapshot: none\nsteps:\n  - mock: {{ fault: {{ at: GET /v4/users/self, times: 1, respond: {word} }} }}\n  \
             - get: /v4/users/self\n    expect: {{ {expect} }}\n  - get: /v4/users/self\n    expect: {{ status: 401 }}\n"
        ));
    }
}

/// Asks once, without a token, what has 401 in the real answer.
const ASKED: &str = "title: T
snapshot: none
steps:
  - mock: { fault: { at: GET /v4/users/self, FAULT } }
  - get: /v4/users/self
    expect: { EXPECT }
";

#[test]
fn an_answer_that_is_lost_or_cut_is_a_finding() {
    for (fault, told) in [
        ("reset: before", "closed the connection"),
        ("reset: after", "closed the connection"),
        ("truncate: 5", "closed the connection"),
    ] {
        let text = ASKED.replace("FAULT", fault).replace("EXPECT", "status: 401");
        Project::new().scenario("one", &text).tacktest(&[]).told(1, &["1 failed", told]);
    }
    let slow = ASKED.replace("title: T", "title: T\ntimeout: 1s").replace("FAULT", "hang: before");
    let slow = slow.replace("EXPECT", "status: 401");
    Project::new().scenario("one", &slow).tacktest(&[]).told(1, &["1 failed"]);
}

#[test]
fn what_happens_is_ordered_with_values_of_the_scenario() {
    for (fault, expect) in [
        (
            "redirect_to: { url: \"${target.site}\", status: 307 }",
            "status: 307, headers: { location: \"${target.site}\" }",
        ),
        (
            "respond: { status: 503, headers: { retry-after: 2, x-a: [a, \"${target.audience}\"] }, json: [\"${target.site}\"] }",
            "status: 503, headers: { retry-after: \"2\" }, body: [\"${target.site}\"]",
        ),
        ("sequence: [pass, { respond: waf_block }]", "status: 401"),
        ("client: demand, respond: waf_block", "status: 401"),
        ("environment: production, respond: waf_block", "status: 401"),
        ("percentage: 100, dribble: { every: 1ms, bytes: 50 }", "status: 401"),
    ] {
        runs(&ASKED.replace("FAULT", fault).replace("EXPECT", expect));
    }
    let wrong = "title: T\nsnapshot: none\nvars: { url: \"-${gen.uuid}\" }\nsteps:\n  \
                 - mock: { fault: { at: any, redirect_to: { url: \"${url}\" } } }\n";
    Project::new().scenario("one", wrong).tacktest(&[]).told(1, &["in `redirect_to` is no http or https URL"]);
}

#[test]
fn faults_are_cleared_the_api_is_limited_and_the_next_login_is_another() {
    runs(
        "title: T
snapshot: none
client: supply
steps:
  - mock: { fault: { at: any, respond: waf_block } }
  - mock: { clear_faults: true }
  - mock: { rate_limit: { requests: 1, per: 60s, by: address, retry_after: seconds, headers: draft11 } }
  - get: /v4/users/self
    expect: { status: 401, headers: { ratelimit: { $contains: r=0 } } }
  - get: /v4/users/self
    expect: { status: 429, headers: { retry-after: { $present: true } } }
  - mock: { advance: 60s }
  - get: /v4/users/self
    expect: { status: 401 }
  - mock: { rate_limit: none }
  - get: /v4/users/self
    expect: { status: 401, headers: { ratelimit: { $absent: true } } }
  - mock: { next_login: { user: customer, answer: deny } }
  - authorize: { scope: supply::users.read }
    expect: { redirect: { error: access_denied } }
  - mock: { fault: { at: GET /oauth2/auth, times: 1, callback: { state: tamper, extra: { x: 1 } } } }
  - authorize: { scope: supply::users.read, state: abcdefgh }
    expect: { redirect: { state: abcdefgx, x: \"1\" } }
",
    );
}
