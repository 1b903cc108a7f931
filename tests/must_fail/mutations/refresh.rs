//! The document "Authentication": refresh tokens, and what ends them.

use tacktest::mock::control::RefreshWindow;

use super::super::edit::{asks_by, drop_member, edit_form, form, ignore_order, set, set_member, value};
use super::{Broken, answer, knob, request};

pub const MUTATIONS: &[Broken] = &[
    answer(&["auth.refresh.new_access_token"], "a refresh gives no access token", |request, answer| {
        if asks_by(request, "refresh_token") {
            drop_member(answer, "access_token");
        }
    }),
    answer(
        &["auth.refresh.rotates"],
        "a refresh gives back the refresh token that was presented",
        |request, answer| {
            if asks_by(request, "refresh_token") && answer.status() == 200 {
                set_member(answer, "refresh_token", value(&form(request), "refresh_token").unwrap_or_default());
            }
        },
    ),
    knob(&["auth.refresh.exchanged_is_invalid"], "an exchanged refresh token stays good for good", |settings| {
        settings.refresh_grace_seconds = u32::MAX;
    }),
    request(&["auth.refresh.revoked_is_invalid"], "a token that is revoked stays good", |request| {
        ignore_order(request, "revoke");
        if request.uri().path().ends_with("/oauth2/revoke") {
            edit_form(request, |form| set(form, "token", "another"));
        }
    }),
    knob(&["auth.refresh.window"], "a refresh token lives for good", |settings| {
        settings.refresh_token_seconds = u32::MAX;
    }),
    knob(
        &["auth.refresh.window_resets"],
        "a refresh gives a refresh token that is over when the first one would be",
        |settings| settings.refresh_window = RefreshWindow::Fixed,
    ),
    knob(&[], "an exchanged refresh token has no grace", |settings| settings.refresh_grace_seconds = 0),
    answer(&[], "a refresh that is refused is answered 200", |request, answer| {
        if asks_by(request, "refresh_token") && answer.status() == 400 {
            *answer.status_mut() = http::StatusCode::OK;
        }
    }),
    answer(&[], "a revocation answers what it never answers", |request, answer| {
        if request.uri().path().ends_with("/oauth2/revoke") {
            *answer.status_mut() = http::StatusCode::NO_CONTENT;
        }
    }),
];
