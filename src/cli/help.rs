//! `tacktest help`.

use clap::CommandFactory;

use crate::source::did_you_mean;

use super::arguments::{Arguments, HelpArguments};
use super::exit::{Exit, complain, print};

/// A text that no command's own help can hold.
struct Topic {
    name: &'static str,
    about: &'static str,
    text: &'static str,
}

const TOPICS: &[Topic] = &[
    Topic {
        name: "staging-accounts",
        about: "What a person must prepare before scenarios run against staging",
        text: include_str!("topics/staging-accounts.txt"),
    },
    Topic {
        name: "webhooks",
        about: "How scenarios receive webhooks, and what must be there for it",
        text: include_str!("topics/webhooks.txt"),
    },
];

/// Prints the help of the program with a list of topics, of a command, or a topic.
pub(super) fn help(arguments: &HelpArguments) -> Exit {
    let mut program = Arguments::command();
    program.build();
    let Some(name) = &arguments.about else {
        return print(&format!("{}\n{}", program.render_long_help(), topics()));
    };
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        return print(topic.text);
    }
    if let Some(command) = program.find_subcommand_mut(name) {
        return print(&command.render_long_help().to_string());
    }
    let commands = program.get_subcommands().map(clap::Command::get_name);
    let guess = did_you_mean(name, commands.chain(TOPICS.iter().map(|topic| topic.name)));
    let guess = guess.map_or_else(String::new, |guess| format!("; did you mean `{guess}`?"));
    complain(format!("there is no command or topic `{name}`{guess}\n`tacktest help` lists them"));
    Exit::Usage
}

fn topics() -> String {
    TOPICS.iter().fold("Topics (tacktest help TOPIC):\n".to_owned(), |lines, topic| {
        format!("{lines}  {}  {}\n", topic.name, topic.about)
    })
}

#[cfg(test)]
mod tests {
    use super::TOPICS;

    #[test]
    fn topics_fit_the_terminal_and_end_with_a_line() {
        for topic in TOPICS {
            let widest = topic.text.lines().map(|line| line.chars().count()).max();
            assert!(widest.is_some_and(|widest| widest <= 100), "{}: {widest:?}", topic.name);
            assert!(topic.text.ends_with(".\n"), "{}", topic.name);
        }
    }
}
