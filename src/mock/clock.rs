//! A world's clock: real time plus an offset that only grows. Issuing and checking ask the same one.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The farthest a clock may be moved, in milliseconds (a hundred years), so that every time stays printable.
const LONGEST_OFFSET: i64 = 100 * 365 * 24 * 3600 * 1000;

/// A clock that can be moved forward.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicI64,
}

impl Clock {
    /// Milliseconds since the Unix epoch, as this world sees it.
    pub fn now(&self) -> i64 {
        Timestamp::now().as_millisecond() + self.offset.load(Ordering::Relaxed)
    }

    /// What [`Self::now`] says, and real time.
    pub fn both(&self) -> (i64, i64) {
        let real = Timestamp::now().as_millisecond();
        (real + self.offset.load(Ordering::Relaxed), real)
    }

    /// Moves the clock forward; `false`, and nothing moves, if it would leave the range.
    pub fn advance(&self, milliseconds: u64) -> bool {
        let Ok(step) = i64::try_from(milliseconds) else { return false };
        self.offset
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |offset| {
                offset.checked_add(step).filter(|offset| *offset <= LONGEST_OFFSET)
            })
            .is_ok()
    }
}

/// Seconds since the epoch of `milliseconds`, as an RFC 3339 UTC time with second resolution.
pub fn rfc3339(milliseconds: i64) -> String {
    Timestamp::from_second(milliseconds.div_euclid(1000)).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_forward_and_refuses_to_leave_the_range() {
        let clock = Clock::default();
        let before = clock.now();
        assert!(clock.advance(3_600_000));
        assert!(clock.now() >= before + 3_600_000);
        assert!(!clock.advance(u64::MAX));
        assert!(!clock.advance(u64::try_from(LONGEST_OFFSET).unwrap()));
        assert!(clock.now() < before + 3_700_000);
    }

    #[test]
    fn prints_second_resolution() {
        assert_eq!(rfc3339(1_718_299_081_999), "2024-06-13T17:18:01Z");
    }
}
