//! The job's own token: it stands in for a token that the mapping file names and nobody set, on its own host alone.

use std::collections::BTreeSet;

use secrecy::SecretString;
use url::Url;

use super::inputs::TOKEN;
use super::service::Naming;
use crate::config::{Config, GitHubAuth, SecretRef, TrackerConfig};
use crate::env::Env;

/// The variables without the one in which the wrapper of a service hands over the job's token: a mapping file that named it
/// would send the token wherever it likes. Where there is no such wrapper it is a variable of the user's.
pub fn withheld(env: &Env, naming: Naming) -> Env {
    match naming {
        Naming::Action => env.clone().without(TOKEN.variable),
        Naming::Variable => env.clone(),
    }
}

/// The variables, with the job's token in place of those that are not set and that name tokens of GitHub trackers at this API
/// and of nothing else: a variable that any other tracker or key shares would carry the token elsewhere.
pub fn stand_in(config: &Config, api: Option<&Url>, token: Option<&SecretString>, env: &Env) -> Env {
    let (Some(api), Some(token)) = (api, token) else {
        return env.clone();
    };
    let mut ours = BTreeSet::new();
    let mut others: BTreeSet<&SecretRef> = config.signing_key.iter().chain(&config.old_signing_keys).collect();
    for tracker in config.trackers.values() {
        match tracker {
            TrackerConfig::GitHub {
                api: of,
                auth: GitHubAuth::Token(name),
                ..
            } if is_same(of, api) => {
                ours.insert(name);
            }
            TrackerConfig::GitHub { auth, .. } => match auth {
                GitHubAuth::Token(name) => {
                    others.insert(name);
                }
                GitHubAuth::App {
                    id,
                    private_key,
                    installation,
                } => others.extend([id, private_key, installation]),
            },
            TrackerConfig::GitLab { token: name, .. } => {
                others.insert(name);
            }
            TrackerConfig::Folder { .. } => {}
        }
    }
    let unset = |name: &&&SecretRef| env.secret(&name.0).is_none();
    ours.difference(&others)
        .filter(unset)
        .fold(env.clone(), |env, name| env.with(&name.0, token.clone()))
}

fn is_same(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_ascii_lowercase();
    one.origin() == other.origin() && path(one) == path(other)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::load;

    const REST: &str = "syncs:\n  - { name: a, between: [one, two] }\n";

    fn stood_in(trackers: &str, rest: &str, set: &[(&str, &str)]) -> Vec<String> {
        let text = format!("version: 1\ntrackers:\n{trackers}{rest}{REST}");
        let config = load(&text, Path::new("lockstep.yml")).unwrap();
        let token = SecretString::from("job-token");
        let api = "https://api.github.com/".parse().unwrap();
        let env = stand_in(&config, Some(&api), Some(&token), &Env::of(set.iter().copied()));
        let names = ["T", "O", "K"];
        let of = names.iter().filter(|name| env.plain(name) == Some("job-token"));
        of.map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_variable_it_comes_in_is_no_token_of_a_tracker() {
        let env = Env::of([("LOCKSTEP_GITHUB_TOKEN", "job-token"), ("T", "own")]);
        let action = withheld(&env, Naming::Action);
        assert_eq!((action.plain(TOKEN.variable), action.plain("T")), (None, Some("own")));
        let own = withheld(&env, Naming::Variable);
        assert_eq!(own.plain(TOKEN.variable), Some("job-token"));
    }

    #[test]
    fn it_stands_in_on_its_own_host_alone() {
        let one = "  one: { kind: github, project: a/b, token: '${T}' }\n";
        let gitlab = "  two: { kind: gitlab, project: a/b, token: '${O}' }\n";
        let shared = "  two: { kind: gitlab, project: a/b, token: '${T}' }\n";
        let ghes = "  two: { kind: github, url: 'https://ghe.example/api/v3', project: a/b, token: '${O}' }\n";
        let both = "  two: { kind: github, url: 'https://ghe.example/api/v3', project: a/b, token: '${T}' }\n";
        for (two, rest, set, wanted) in [
            (gitlab, "", &[][..], &["T"][..]),
            (gitlab, "", &[("T", "own")], &[]),
            (gitlab, "", &[("T", "")], &["T"]),
            (shared, "", &[], &[]),
            (ghes, "", &[], &["T"]),
            (both, "", &[], &[]),
            (gitlab, "signing_key: ${T}\n", &[], &[]),
            (gitlab, "signing_key: ${K}\n", &[], &["T"]),
        ] {
            assert_eq!(
                stood_in(&format!("{one}{two}"), rest, set),
                wanted,
                "{two}{rest}{set:?}"
            );
        }
    }
}
