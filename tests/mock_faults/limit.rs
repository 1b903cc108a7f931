//! The limit of how often the API may be asked.

use serde_json::{Value, json};
use tacktest::mock::control::{Client, Settings, World};

use crate::SEARCH;
use crate::mock_support::{Server, path};

fn limited(limit: &Value) -> (Server, World) {
    let server = Server::start();
    let world = server.world_with(&json!({"settings": {"rate_limit": limit, "fault_header": "present"}}));
    (server, world)
}

#[test]
fn who_asks_too_often_waits_for_the_next_window() {
    let (server, world) = limited(&json!({"requests": 2, "per": "60s", "retry_after": "seconds"}));
    let staging = &world.staging;
    let [one, two] = [(); 2].map(|()| server.application_token(staging, "demand::keywords.read"));
    let user = server.login(staging, &staging.clients["supply"], "supply::users.read").member("access_token");
    assert_eq!(server.get(staging, SEARCH, &one).status, 200);
    assert_eq!(server.get(staging, SEARCH, &two).status, 200, "tokens of a client count together");
    let refused = server.get(staging, SEARCH, &one);
    assert_eq!((refused.status, refused.header("content-type")), (429, "application/problem+json"));
    assert!((55..=60).contains(&refused.header("retry-after").parse::<u32>().unwrap()), "{refused:?}");
    assert!(refused.header("x-mock-fault").starts_with("rate_limit: 2 requests in 60s"), "{refused:?}");
    assert_eq!(server.get(staging, "v4/users/self", &user).status, 200, "another client has its own");
    assert_eq!(server.token(staging, &staging.clients["demand"], "grant_type=client_credentials").status, 200);
    server.command(&world, &json!({"advance": "1m"}));
    assert_eq!(server.get(staging, SEARCH, &one).status, 200);
    server.command(&world, &json!({"rate_limit": "none"}));
    for _ in 0..5 {
        assert_eq!(server.get(staging, SEARCH, &one).status, 200, "it is lifted");
    }
}

#[test]
fn it_counts_by_token_or_by_address_in_each_environment() {
    let (server, world) = limited(&json!({"requests": 1, "per": "1d", "by": "token"}));
    let staging = &world.staging;
    let [one, two] = [(); 2].map(|()| server.application_token(staging, "demand::keywords.read"));
    let statuses = [&one, &two, &one, &two].map(|token| server.get(staging, SEARCH, token).status);
    assert_eq!(statuses, [200, 200, 429, 429]);
    server.command(&world, &json!({"rate_limit": {"requests": 1, "per": "1d", "by": "address"}}));
    let statuses = [&one, &two].map(|token| server.get(staging, SEARCH, token).status);
    assert_eq!(statuses, [200, 429]);
    assert_eq!(server.get(&world.production, SEARCH, "").status, 401, "production counts for itself");
}

#[test]
fn headers_tell_what_is_left() {
    let (server, world) = limited(&json!({"requests": 2, "per": "1m", "headers": "draft11"}));
    let ask = || server.get(&world.staging, SEARCH, "");
    let first = ask();
    assert_eq!(first.header("ratelimit-policy"), r#""default";q=2;w=60"#);
    assert_eq!(first.header("ratelimit"), r#""default";r=1;t=60"#);
    assert!(ask().header("ratelimit").starts_with(r#""default";r=0;t="#));
    let third = ask();
    assert_eq!((third.status, third.header("retry-after")), (429, ""));
    assert!(third.header("ratelimit").starts_with(r#""default";r=0;t="#));

    let order = json!({"requests": 1, "per": "1m", "headers": "legacy_x", "retry_after": "date"});
    server.command(&world, &json!({ "rate_limit": order }));
    let first = ask();
    assert_eq!((first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")), ("1", "0"));
    assert!(first.header("x-ratelimit-reset").parse::<u64>().unwrap() > 1_700_000_000);
    let second = ask();
    let (date, after) = (second.header("date"), second.header("retry-after"));
    let time = |text: &str| jiff::fmt::rfc2822::parse(&text.replace("GMT", "+0000")).unwrap().timestamp().as_second();
    assert!((55..=60).contains(&(time(after) - time(date))), "{date} {after}");
}

#[test]
fn limits_that_cannot_be_held_are_refused_and_a_knob_can_set_one() {
    let server = Server::start();
    let world = format!("POST /control/worlds/{}", server.world().id);
    for (wrong, word) in [
        (json!({"requests": 0, "per": "1s"}), "nonzero"),
        (json!({"requests": 1, "per": "0s"}), "from 1s to 1d"),
        (json!({"requests": 1, "per": "2d"}), "from 1s to 1d"),
        (json!({"requests": 1}), "per"),
        (json!({"requests": 1, "per": "1s", "by": "moon"}), "moon"),
        (json!({"requests": 1, "per": "1s", "at": "token"}), "METHOD PATH"),
        (json!({"requests": 1, "per": "1s", "at": []}), "no place"),
        (json!({"requests": 1, "per": "1s", "at": null}), "`at` is METHOD PATH"),
        (json!({"requests": 1, "per": "1s", "at": "GET /v4/user/self"}), "did you mean `/v4/users/self`?"),
    ] {
        let answer = server.control(&world, &json!({ "rate_limit": wrong }));
        assert!(answer.status == 422 && answer.member("detail").contains(word), "{wrong}: {answer:?}");
    }
    let settings = json!({"settings": {"rate_limit": {"requests": 0, "per": "1s"}}});
    assert_eq!(server.control("POST /control/worlds", &settings).status, 422);
    let limit = serde_json::from_value(json!({"requests": 1, "per": "1d"})).unwrap();
    let server = Server::with(Settings { rate_limit: Some(limit), ..Settings::default() });
    let staging = server.world().staging;
    assert_eq!([(); 2].map(|()| server.get(&staging, SEARCH, "").status), [401, 429]);
    // A world is set as the mock is, but for what is ordered of it.
    for (settings, answers) in [(json!({"last_next": "null"}), [401, 429]), (json!({"rate_limit": "none"}), [401, 401])]
    {
        let staging = server.world_with(&json!({ "settings": settings })).staging;
        assert_eq!([(); 2].map(|()| server.get(&staging, SEARCH, "").status), answers, "{settings}");
    }
}

#[test]
fn it_counts_where_it_is_ordered_also_at_the_token_endpoint() {
    let (server, world) = limited(&json!({
        "requests": 1, "per": "60s", "at": "POST /oauth2/token", "retry_after": "seconds"
    }));
    let (staging, demand) = (&world.staging, &world.staging.clients["demand"]);
    let ask = |client: &Client| server.token(staging, client, "grant_type=client_credentials");
    assert_eq!(ask(demand).status, 200);
    let refused = ask(demand);
    assert_eq!((refused.status, refused.header("content-type")), (429, "application/problem+json"));
    assert!((55..=60).contains(&refused.header("retry-after").parse::<u32>().unwrap()), "{refused:?}");
    assert!(refused.header("x-mock-fault").starts_with("rate_limit: 1 requests in 60s"), "{refused:?}");
    assert_ne!(ask(&staging.clients["supply"]).status, 429, "another client has its own");
    for _ in 0..3 {
        assert_eq!(server.get(staging, SEARCH, "").status, 401, "the API is not limited");
    }
    server.command(&world, &json!({"advance": "60s"}));
    assert_eq!(ask(demand).status, 200);

    let both = json!(["POST /oauth2/token", "GET /v4/keywords/search"]);
    server.command(
        &world,
        &json!({"rate_limit": {"requests": 1, "per": "1m", "at": both, "by": "address", "retry_after": "date"}}),
    );
    assert_eq!(server.get(staging, SEARCH, "").status, 401);
    let refused = ask(demand);
    let time = |text: &str| jiff::fmt::rfc2822::parse(&text.replace("GMT", "+0000")).unwrap().timestamp().as_second();
    let wait = time(refused.header("retry-after")) - time(refused.header("date"));
    assert!(refused.status == 429 && (55..=60).contains(&wait), "they are counted together: {refused:?}");
    assert_eq!(server.get(staging, "v4/users/self", "").status, 401, "another place is not limited");

    server.command(&world, &json!({"rate_limit": {"requests": 1, "per": "1m", "at": "any", "by": "address"}}));
    assert_eq!(server.send(&format!("GET {}", path(&staging.jwks_url)), &[], "").status, 200);
    assert_eq!(server.get(staging, "v4/users/self", "").status, 429);
}
