//! "Did you mean": the known word nearest to an unknown one.

/// The word of `known` that `word` was probably meant to be, if one is near enough.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (likeness(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// How alike two words are, from 0 to 1; one slip of the finger always counts as near, however short the word is.
fn likeness(word: &str, candidate: &str) -> f64 {
    let alike = strsim::jaro_winkler(word, candidate);
    let is_slip = candidate.len() > 2 && strsim::damerau_levenshtein(word, candidate) == 1;
    if is_slip { alike.max(0.9) } else { alike }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn suggests_a_near_word_and_stays_silent_for_a_strange_one() {
        let known = ["status", "body", "headers"];
        assert_eq!(did_you_mean("stauts", known), Some("status"));
        assert_eq!(did_you_mean("Header", known), Some("headers"));
        assert_eq!(did_you_mean("zebra", known), None);
        assert_eq!(did_you_mean("por", ["pro", "customer"]), Some("pro"));
    }
}
