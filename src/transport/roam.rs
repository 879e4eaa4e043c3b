//! Where a download may be led by redirects. Services keep files in storage of other hosts, so another origin is no
//! reason to refuse; an address within somebody's own network is. What a name stands for is judged by `names`, when it is
//! looked up.
//!
//! Pure. Imports the transport's policy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Origin, Url};

use super::policy::is_safe_address;

/// Which networks can reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// All, as far as the address tells: every name is taken for this.
    Public,
    /// The machine itself.
    Machine,
    /// One organisation's.
    Private,
    /// One cable's, where clouds keep their metadata services.
    Link,
    /// None: addresses with other purposes.
    None,
}

/// May a download from the service at `home` be led to `to`? Only over `https`, or to this machine where the service
/// itself is there over plain `http`; and never to an address of a network that is not everybody's, unless the service is
/// in that very network.
pub(super) fn may_lead(home: &Origin, to: &Url) -> bool {
    let Origin::Tuple(scheme, host, _) = home else {
        return false;
    };
    let Some(to_host) = to.host() else { return false };
    if !is_safe_address(to) || (to.scheme() == "http" && scheme != "http") {
        return false;
    }
    let network = network(&to_host);
    network == Network::Public || (network != Network::None && network == self::network(host))
}

/// May a name that a download was led to stand for this address? `home` are the networks the service itself is in.
pub(super) fn may_stand_for(address: IpAddr, home: &[Network]) -> bool {
    let network = of_address(address);
    network == Network::Public || (network != Network::None && home.contains(&network))
}

/// The network of an address.
pub(super) fn of_address(address: IpAddr) -> Network {
    match address {
        IpAddr::V4(address) => of_four(address),
        IpAddr::V6(address) => of_six(address),
    }
}

fn network<S: AsRef<str>>(host: &Host<S>) -> Network {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref().trim_end_matches('.').to_ascii_lowercase();
            if name == "localhost" || name.ends_with(".localhost") {
                Network::Machine
            } else {
                Network::Public
            }
        }
        Host::Ipv4(address) => of_four(*address),
        Host::Ipv6(address) => of_six(*address),
    }
}

fn of_four(address: Ipv4Addr) -> Network {
    match address.octets() {
        [127, ..] => Network::Machine,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Network::Private,
        [169, 254, ..] => Network::Link,
        [0 | 224..=255, ..] | [192, 0, 0 | 2, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Network::None
        }
        _ => Network::Public,
    }
}

fn of_six(address: Ipv6Addr) -> Network {
    if let IpAddr::V4(four) = IpAddr::V6(address).to_canonical() {
        return of_four(four);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Network::Machine,
        [0xfc00..=0xfdff, ..] => Network::Private,
        [0xfe80..=0xfebf, ..] => Network::Link,
        // Gateways to addresses of four numbers, which are then what counts.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            of_four(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0xdb8, ..] => Network::None,
        [0x2000..=0x3fff, ..] => Network::Public,
        _ => Network::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(home: &str, to: &str) -> bool {
        may_lead(&Url::parse(home).unwrap().origin(), &Url::parse(to).unwrap())
    }

    #[test]
    fn storage_of_other_hosts_is_reached_over_https_only() {
        let home = "https://api.github.com";
        for good in [
            "https://storage.example/a?sig=1",
            "https://8.8.8.8/a",
            "https://[2606:4700::1]/a",
        ] {
            assert!(leads(home, good), "{good}");
        }
        for bad in [
            "http://storage.example/a",
            "ftp://storage.example/a",
            "file:///etc/passwd",
            "data:,a",
        ] {
            assert!(!leads(home, bad), "{bad}");
        }
    }

    #[test]
    fn addresses_of_inner_networks_are_refused_however_they_are_written() {
        for bad in [
            "127.0.0.1",
            "127.9.9.9",
            "localhost",
            "localhost.",
            "a.localhost",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::169.254.169.254]",
            "[2002:7f00:1::]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[ff02::1]",
        ] {
            assert!(
                !leads("https://api.github.com", &format!("https://{bad}/latest")),
                "{bad}"
            );
            assert!(
                !leads("https://api.github.com", &format!("http://{bad}/latest")),
                "{bad}"
            );
        }
        assert!(leads("https://api.github.com", "https://172.32.0.1/"), "just outside");
    }

    #[test]
    fn a_service_in_an_inner_network_may_lead_within_it_and_to_no_other() {
        assert!(leads("https://10.0.0.5", "https://10.0.0.6:9000/a"));
        assert!(leads("http://127.0.0.1:1", "http://127.0.0.1:2/a"));
        assert!(leads("http://localhost:1", "http://[::1]:2/a"));
        for (home, to) in [
            ("https://10.0.0.5", "https://169.254.169.254/a"),
            ("https://10.0.0.5", "https://127.0.0.1/a"),
            ("https://127.0.0.1", "http://127.0.0.1:2/a"),
            ("http://127.0.0.1:1", "http://10.0.0.6/a"),
            ("http://127.0.0.1:1", "https://10.0.0.6/a"),
        ] {
            assert!(!leads(home, to), "{home} {to}");
        }
    }
}
