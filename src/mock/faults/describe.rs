//! An effect in the words of its mark.

use crate::mock::control::{Effect, FaultAnswer, Moment, Preset};

/// What `effect` does, in ASCII.
pub fn described(effect: &Effect) -> String {
    let mut told = Vec::new();
    let mut tell = |words: Option<String>| told.extend(words);
    tell(effect.delay.map(|delay| format!("delay {delay}")));
    tell(effect.respond.as_ref().map(answer));
    tell(effect.redirect_to.as_ref().map(|redirect| format!("redirect {}", redirect.status)));
    tell(effect.hang.map(|moment| format!("hang {}", when(moment))));
    tell(effect.reset.map(|moment| format!("reset {}", when(moment))));
    tell(effect.body.as_ref().map(|_| "body changed".to_owned()));
    tell(effect.token.as_ref().map(|_| "token response changed".to_owned()));
    tell(effect.id_token.as_ref().map(|_| "id_token changed".to_owned()));
    tell(effect.callback.as_ref().map(|_| "callback changed".to_owned()));
    tell(effect.dribble.map(|dribble| format!("dribble {} every {}", bytes(dribble.bytes.into()), dribble.every)));
    tell(effect.truncate.map(|sent| format!("truncate after {}", bytes(sent))));
    told.join(", ")
}

fn answer(answer: &FaultAnswer) -> String {
    match answer {
        FaultAnswer::Written(respond) => format!("respond {}", respond.status),
        FaultAnswer::Named(preset) => {
            let word = Preset::WORDS.iter().find(|(_, known)| known == preset).map_or("", |(word, _)| word);
            format!("respond {word}")
        }
    }
}

fn when(moment: Moment) -> &'static str {
    match moment {
        Moment::Before => "before processing",
        Moment::After => "after processing",
    }
}

fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}
