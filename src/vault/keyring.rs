//! The deployment's wrapping keys: the current one, and during a rotation the one before it.

use worker::Env;

use super::seal::{DataKey, MasterKey, VaultFault};

/// Name of the secret that wraps the data keys.
const CURRENT_SECRET: &str = "VAULT_KEY";

/// Name of the secret that wrapped them before, while a rotation is under way.
const PREVIOUS_SECRET: &str = "VAULT_KEY_PREVIOUS";

/// What opens the data keys.
pub struct Keyring {
    current: MasterKey,
    previous: Option<MasterKey>,
}

impl Keyring {
    /// The keys of this deployment.
    ///
    /// # Errors
    /// [`VaultFault::NoMasterKey`] when the current one is missing, or either cannot be read.
    pub fn of(env: &Env) -> Result<Self, VaultFault> {
        let secret = |name: &str| env.secret(name).ok().map(|secret| secret.to_string());
        Self::from_texts(secret(CURRENT_SECRET), secret(PREVIOUS_SECRET))
    }

    fn from_texts(current: Option<String>, previous: Option<String>) -> Result<Self, VaultFault> {
        let current = MasterKey::parse(&current.ok_or(VaultFault::NoMasterKey)?)?;
        let previous = previous.filter(|text| !text.trim().is_empty());
        Ok(Self { current, previous: previous.map(|text| MasterKey::parse(&text)).transpose()? })
    }

    /// The key that wraps.
    #[must_use]
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The key that wraps, alone.
    #[must_use]
    pub fn into_current(self) -> MasterKey {
        self.current
    }

    /// Unwraps a data key, whichever of the two wrapped it.
    ///
    /// # Errors
    /// [`VaultFault::DoesNotOpen`].
    pub fn unwrap_key(&self, wrapped: &str, place: &str) -> Result<DataKey, VaultFault> {
        self.current.unwrap_key(wrapped, place).or_else(|fault| match &self.previous {
            Some(previous) => previous.unwrap_key(wrapped, place),
            None => Err(fault),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn during_a_rotation_both_keys_open_and_the_new_one_wraps() {
        let ring = |current: &str, previous: Option<&str>| {
            Keyring::from_texts(Some(current.repeat(32)), previous.map(|text| text.repeat(32)))
        };
        let (old, both, new) = (ring("0a", None), ring("0b", Some("0a")), ring("0b", None));
        let (Ok(old), Ok(both), Ok(new)) = (old, both, new) else { panic!("keys") };
        let key = DataKey::generate().unwrap();
        let sealed = key.seal("Ada", "p").unwrap();
        let wrapped = old.current().wrap(&key, "org/consignor:1").unwrap();
        assert!(new.unwrap_key(&wrapped, "org/consignor:1").is_err());
        let found = both.unwrap_key(&wrapped, "org/consignor:1").unwrap();
        let rewrapped = both.current().wrap(&found, "org/consignor:1").unwrap();
        let opened = new.unwrap_key(&rewrapped, "org/consignor:1").unwrap();
        assert_eq!(opened.open(&sealed, "p").unwrap(), "Ada", "the values stay as they were");
        assert!(old.unwrap_key(&rewrapped, "org/consignor:1").is_err());
        assert_ne!(old.current().fingerprint(), new.current().fingerprint());
        assert_eq!(both.current().fingerprint(), new.current().fingerprint());
    }

    #[test]
    fn an_empty_previous_key_is_none() {
        assert!(Keyring::from_texts(Some("0a".repeat(32)), Some(" ".into())).is_ok());
        assert!(Keyring::from_texts(Some("0a".repeat(32)), Some("short".into())).is_err());
        assert!(Keyring::from_texts(None, None).is_err());
    }
}
