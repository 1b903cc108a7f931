//! Carries out what a request meets, around the real endpoint.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::{
    asked::Asked,
    change,
    marks::{mark, tell},
    orders::Met,
    respond,
};
use crate::mock::{
    control::{Effect, FaultHeader, Moment},
    problem::Problem,
    wire::{Abandoned, Pieces, Wire},
};

/// The answer to a request in a world that was ordered to misbehave; `real` is the real endpoint's, which looks at the
/// request only if it is awaited.
pub async fn carry_out(asked: Asked<'_>, real: impl Future<Output = Response>) -> Response {
    let trouble = &asked.site.world.trouble;
    let counted = trouble.count(&asked);
    let refusal = counted.as_ref().and_then(|counted| Some((counted.refusal(asked.site)?, counted.mark())));
    let mut response = match refusal {
        Some((mut refusal, told)) => {
            mark(&mut refusal, told);
            refusal
        }
        None => match trouble.take(&asked) {
            Some(met) => meet(&asked, met, real).await,
            None => real.await,
        },
    };
    if let Some(counted) = counted {
        counted.tell(&mut response);
    }
    if asked.site.world.settings.fault_header == FaultHeader::Present {
        tell(&mut response);
    }
    response
}

async fn meet(asked: &Asked<'_>, met: Met, real: impl Future<Output = Response>) -> Response {
    let mut response = match &met.effect {
        None => real.await,
        Some(effect) => happen(asked, effect, real).await,
    };
    mark(&mut response, met.mark);
    response
}

async fn happen(asked: &Asked<'_>, effect: &Effect, real: impl Future<Output = Response>) -> Response {
    if let Some(delay) = effect.delay {
        tokio::time::sleep(delay.0).await;
    }
    let lost = [(effect.reset, Abandoned::Reset), (effect.hang, Abandoned::Hanging)];
    let lost = lost.into_iter().find_map(|(moment, how)| Some((moment?, how)));
    if let Some((moment, how)) = lost {
        let mut response = match moment {
            Moment::Before => Response::new(Body::empty()),
            Moment::After => real.await,
        };
        response.extensions_mut().insert(Wire::Abandoned(how));
        return response;
    }
    let instead = match (&effect.respond, &effect.redirect_to) {
        (Some(answer), _) => Some(respond::answer(answer, asked.site, &asked.parts.headers)),
        (None, Some(redirect)) => Some(respond::redirect(redirect)),
        (None, None) => None,
    };
    let mut response = match instead {
        Some(Ok(response)) => response,
        Some(Err(error)) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
        None => change::changed(asked, effect, real.await).await,
    };
    if effect.dribble.is_some() || effect.truncate.is_some() {
        let pieces = effect.dribble.map(|dribble| Pieces { every: dribble.every.0, bytes: dribble.bytes });
        response.extensions_mut().insert(Wire::Body { pieces, sent: effect.truncate });
    }
    response
}
