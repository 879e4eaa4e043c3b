//! The seeds of the fuzz targets, run as tests: whole, cut short, and mistreated at random in a way that is the same every
//! time. What was once a finding stays mended on every toolchain.

use std::path::Path;

/// So many mistreated copies of each seed: as many as `LOCKSTEP_CASES` asks for, else so many.
fn copies() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how thorough a test run is")]
    let asked = std::env::var("LOCKSTEP_CASES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// Numbers by chance, the same in every run (the generator called xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit.max(1)
    }

    /// A copy with some of it overwritten, doubled, taken out, or replaced by a piece of another seed.
    fn mistreat(&mut self, seed: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let other = &others[self.below(others.len())];
            let from = self.below(other.len());
            let piece = &other[from..(from + self.below(40)).min(other.len())];
            let at = self.below(bytes.len());
            let end = (at + self.below(12)).min(bytes.len());
            let signs = b"\n\r\t -:#@/`'\"<>[]{}&*!|\\0\xe2";
            match self.below(5) {
                0 => drop(bytes.splice(at..end, piece.iter().copied())),
                1 => drop(bytes.splice(at..at, piece.iter().copied())),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let own = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, own));
                }
                _ => drop(bytes.splice(at..(at + 1).min(end), [signs[self.below(signs.len())]])),
            }
        }
        bytes
    }
}

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut cases = 0;
    let mut attempt = |bytes: &[u8]| {
        let done = std::panic::catch_unwind(|| target(bytes));
        assert!(done.is_ok(), "{name}: {:?}", String::from_utf8_lossy(bytes));
        cases += 1;
    };
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for seed in &seeds {
        attempt(seed);
        for end in (0..seed.len()).step_by(seed.len() / 20 + 1) {
            attempt(&seed[..end]);
        }
        for _ in 0..copies() {
            attempt(&chance.mistreat(seed, &seeds));
        }
    }
    crate::tally::tell(&format!("fuzz seeds {name}"), cases);
    assert!(seeds.len() > 5 && cases > 5 * seeds.len());
}

#[test]
fn markers() {
    replay("markers", super::markers);
}

#[test]
fn border() {
    replay("border", super::border);
}

#[test]
fn mapping() {
    replay("mapping", super::mapping);
}

#[test]
fn folder() {
    replay("folder", super::folder);
}

#[test]
fn github() {
    replay("github", super::github);
}

#[test]
fn gitlab() {
    replay("gitlab", super::gitlab);
}

#[test]
fn payload() {
    replay("payload", super::payload);
}
