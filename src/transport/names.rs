//! Looking up the names of hosts that a download is led to. A name anybody can register may stand for an address in
//! somebody's own network, or for another one each time it is asked for, so the addresses are judged as they are dialled.
//!
//! Imports which addresses a download may be led to.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Origin};

use super::roam::{Network, may_stand_for, of_address};

/// Put into the request of a download that was led away from the service at this origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LedFrom(pub(super) Origin);

/// The names that downloads were led to, with the networks of the service that led there. Other names, a proxy's, are
/// looked up as ever. Clones share the names.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Arc<Mutex<BTreeMap<String, Vec<Network>>>>);

impl Names {
    /// From now on this name stands for no address of an inner network that the service is not in.
    pub(super) async fn guard(&self, name: &str, LedFrom(home): &LedFrom) {
        let networks = match home {
            Origin::Tuple(_, Host::Domain(home), _) => {
                let found = addresses(home).await.unwrap_or_default();
                found.iter().map(|address| of_address(address.ip())).collect()
            }
            Origin::Tuple(_, Host::Ipv4(home), _) => vec![of_address((*home).into())],
            Origin::Tuple(_, Host::Ipv6(home), _) => vec![of_address((*home).into())],
            Origin::Opaque(_) => Vec::new(),
        };
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_ascii_lowercase(), networks);
    }

    fn home(&self, name: &str) -> Option<Vec<Network>> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&name.to_ascii_lowercase()).cloned()
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let home = self.home(name.as_str());
        Box::pin(async move {
            let mut found = addresses(name.as_str()).await?;
            if let Some(home) = home {
                found.retain(|address| may_stand_for(address.ip(), &home));
                if found.is_empty() {
                    // Of the kind that is not tried again.
                    let why = "the name stands for an address in an inner network";
                    return Err(io::Error::new(ErrorKind::InvalidData, why).into());
                }
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

async fn addresses(name: &str) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}
