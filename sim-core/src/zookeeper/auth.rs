//! Permissions looked at, lists put in order, identities proved.
//!
//! Follows `PrepRequestProcessor.checkACL` and `fixupACL`, `DigestAuthenticationProvider`,
//! `IPAuthenticationProvider` and `ProviderRegistry` of releases 3.5.7 and 3.8.0. The only providers
//! are those that every server has: `digest` and `ip`; SASL and certificates are left out.

use crate::zookeeper::{Acl, AclList, ErrorCode, Id, Identities, Perms, Rules};
use base64::Engine;
use sha1::{Digest, Sha1};
use std::borrow::Cow;

/// Whether somebody may do one of `wanted` by this list (`checkACL`).
pub(crate) fn check(
    rules: &Rules,
    acl: &AclList,
    wanted: Perms,
    who: &Identities,
) -> Result<(), ErrorCode> {
    if acl.is_open() || rules.access.skip_acl {
        return Ok(());
    }
    let entries = acl.entries().unwrap_or_default();
    let is_super = |id: &Id| &*id.scheme == "super";
    if entries.is_empty() || who.entries().iter().any(is_super) {
        return Ok(());
    }
    let allows = |acl: &&Acl| acl.perms.any_of(wanted);
    if entries.iter().filter(allows).any(|acl| is_for(acl, who)) {
        Ok(())
    } else {
        Err(ErrorCode::NoAuth)
    }
}

fn is_for(acl: &Acl, who: &Identities) -> bool {
    is_anyone(&acl.id)
        || who.entries().iter().any(|id| {
            id.scheme == acl.id.scheme
                && match &*acl.id.scheme {
                    "digest" => id.id == acl.id.id,
                    "ip" => address_matches(&id.id, &acl.id.id),
                    _ => false,
                }
        })
}

fn is_anyone(id: &Id) -> bool {
    &*id.scheme == "world" && &*id.id == "anyone"
}

/// A list as it is stored (`fixupACL`): without doubles, `auth` replaced by what the client has
/// proved. An error if it is empty or names what no provider takes.
pub(crate) fn fix(rules: &Rules, acl: &AclList, who: &Identities) -> Result<AclList, ErrorCode> {
    if acl.is_open() {
        return Ok(AclList::OPEN);
    }
    let entries = acl.entries().ok_or(rules.null_acl)?;
    let mut fixed = Vec::with_capacity(entries.len());
    for (index, acl) in entries.iter().enumerate() {
        if entries[..index].contains(acl) {
            continue;
        }
        match &*acl.id.scheme {
            "world" if is_anyone(&acl.id) => fixed.push(acl.clone()),
            "auth" => fixed.extend(proved(acl, who)?),
            "digest" if is_digest(&acl.id.id) => fixed.push(acl.clone()),
            "ip" if is_address_range(&acl.id.id) => fixed.push(acl.clone()),
            _ => return Err(ErrorCode::InvalidAcl),
        }
    }
    if fixed.is_empty() {
        return Err(ErrorCode::InvalidAcl);
    }
    Ok(AclList::new(fixed))
}

/// An `auth` entry for each identity whose provider proves something: an address proves nothing.
fn proved(acl: &Acl, who: &Identities) -> Result<Vec<Acl>, ErrorCode> {
    let digests = who.entries().iter().filter(|id| &*id.scheme == "digest");
    let entries: Vec<Acl> = digests
        .map(|id| Acl {
            perms: acl.perms,
            id: id.clone(),
        })
        .collect();
    if entries.is_empty() {
        return Err(ErrorCode::InvalidAcl);
    }
    Ok(entries)
}

/// Adds what a client proves to its connection (`addauth`), or refuses it.
pub(crate) fn prove(
    rules: &Rules,
    who: &mut Identities,
    scheme: &str,
    auth: &[u8],
) -> Result<(), ErrorCode> {
    match scheme {
        "digest" => {
            let digest = digest(auth);
            if rules.access.super_digest.as_deref() == Some(&*digest) {
                who.add(Id::new("super", ""));
            }
            who.add(Id::new("digest", &digest));
            Ok(())
        }
        // It proves the address, which the connection has from the start.
        "ip" => Ok(()),
        _ => Err(ErrorCode::AuthFailed),
    }
}

/// `user:` and the SHA-1 of `user:password` in base 64 (`generateDigest`): what an entry of the
/// scheme `digest` holds.
pub fn digest(user_and_password: &[u8]) -> String {
    let text: Cow<'_, str> = String::from_utf8_lossy(user_and_password);
    let user = text.split(':').next().unwrap_or_default();
    let hash = Sha1::digest(text.as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    format!("{user}:{hash}")
}

/// `DigestAuthenticationProvider.isValid`: two parts. As Java splits, empty parts at the end do not
/// count.
fn is_digest(id: &str) -> bool {
    id.trim_end_matches(':').split(':').count() == 2
}

/// `IPAuthenticationProvider.isValid`: an address of four bytes, perhaps with the number of bits
/// that matter.
fn is_address_range(range: &str) -> bool {
    address_range(range).is_some()
}

fn address_range(range: &str) -> Option<(u32, u32)> {
    let (address, bits) = match range.split_once('/') {
        Some((address, bits)) => (address, bits.parse().ok().filter(|bits| *bits <= 32)?),
        None => (range, 32),
    };
    Some((address_bytes(address)?, bits))
}

fn address_bytes(address: &str) -> Option<u32> {
    let mut bytes = 0;
    let mut count = 0;
    for part in address.split('.') {
        bytes = bytes << 8 | u32::from(part.parse::<u8>().ok()?);
        count += 1;
        if count > 4 {
            return None;
        }
    }
    (count == 4).then_some(bytes)
}

/// `IPAuthenticationProvider.matches`.
fn address_matches(address: &str, range: &str) -> bool {
    let Some((wanted, bits)) = address_range(range) else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    address_bytes(address).is_some_and(|address| address & mask == wanted & mask)
}
