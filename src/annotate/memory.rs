//! A table of what was found out lately, which forgets by being overwritten.
//!
//! Invariant: it holds a fixed number of answers; each is kept with its whole question, so a hash
//! that two questions share costs time and never a wrong answer.

/// Answers kept, in pairs: of three that share a pair the one asked for longest ago goes.
#[derive(Debug)]
pub(crate) struct Memory<T, const SLOTS: usize> {
    slots: Vec<Option<T>>,
}

impl<T, const SLOTS: usize> Default for Memory<T, SLOTS> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<T, const SLOTS: usize> Memory<T, SLOTS> {
    /// The answer that `is_it` knows as that of the question with this hash, or what `make` makes.
    pub fn get(&mut self, hash: u64, is_it: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &T {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let first = hash as usize % (SLOTS / 2) * 2;
        if !self.slots[first].as_ref().is_some_and(&is_it) {
            self.slots.swap(first, first + 1);
            if !self.slots[first].as_ref().is_some_and(&is_it) {
                self.slots[first] = None;
            }
        }
        self.slots[first].get_or_insert_with(make)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_of_a_pair_are_known() {
        let mut memory: Memory<u64, 8> = Memory::default();
        let mut made = Vec::new();
        // All share a pair.
        for question in [1, 2, 1, 2, 3, 2, 1, 3] {
            let answer = *memory.get(
                5,
                |&known| known == question,
                || {
                    made.push(question);
                    question
                },
            );
            assert_eq!(answer, question);
        }
        assert_eq!(made, [1, 2, 3, 1, 3]);
    }
}
