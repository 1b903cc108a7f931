//! Verdicts, counted.

use crate::event::{Outcome, Verdict};

/// How many tests came to which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Everything held.
    pub passed: usize,
    /// Something did not hold.
    pub failed: usize,
    /// Did not run.
    pub skipped: usize,
    /// The surroundings failed.
    pub inconclusive: usize,
    /// New or different shapes.
    pub shapes: usize,
    /// Shapes that can't be compared, as the accepted ones can't be read or written.
    pub unusable: usize,
    /// Wrong scenario files.
    pub broken: usize,
    /// Bugs of this program.
    pub bugs: usize,
}

impl Summary {
    /// Counts one outcome.
    pub fn count(&mut self, outcome: &Outcome) {
        let counter = match &outcome.verdict {
            Verdict::Pass => &mut self.passed,
            Verdict::Fail(_) => &mut self.failed,
            Verdict::Skip(_) => &mut self.skipped,
            Verdict::Inconclusive(_) => &mut self.inconclusive,
            Verdict::Shapes(_) => &mut self.shapes,
            Verdict::Unusable(_) => &mut self.unusable,
            Verdict::Broken(_) => &mut self.broken,
            Verdict::Bug(_) => &mut self.bugs,
        };
        *counter += 1;
    }

    /// How many tests did not come to a good verdict.
    pub fn bad(&self) -> usize {
        self.failed + self.inconclusive + self.shapes + self.unusable + self.broken + self.bugs
    }
}
