//! Words of names, of values and of commands, as data. The shapes of tokens stand in `shapes.rs`.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Replaces a secret, and reveals nothing about it, not even its length.
pub const MARKER: &str = "[redacted by dockwright]";

/// Words, separated by spaces. They are split once, because each name and each value of an answer is looked up.
#[derive(Debug)]
pub(super) struct Words {
    text: &'static str,
    split: OnceLock<HashSet<&'static str>>,
}

impl Words {
    /// Words of a text.
    pub(super) const fn new(text: &'static str) -> Self {
        Words { text, split: OnceLock::new() }
    }

    /// The words one by one, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.text.split_ascii_whitespace()
    }

    /// Tells whether a text is one of the words.
    pub(super) fn contain(&self, text: &str) -> bool {
        self.split().contains(text)
    }

    /// Tells whether a text ends with one of the words.
    pub(super) fn end(&self, text: &str) -> bool {
        self.split().iter().any(|word| text.ends_with(word))
    }

    fn split(&self) -> &HashSet<&'static str> {
        self.split.get_or_init(|| self.iter().collect())
    }
}

/// Schemes of HTTP's authentication before a credential.
pub(super) static SCHEMES: Words =
    Words::new("bearer basic digest token apikey negotiate ntlm key sso-key aws4-hmac-sha256");

/// Names of parameters that are secret in the query of a URL, and elsewhere are not.
pub(super) static QUERY: Words =
    Words::new("sig signature x-amz-signature x-amz-credential x-goog-signature x-goog-credential code hmac");

/// Endings of words in names of passwords.
pub(super) static PASSWORDS: Words = Words::new(
    "password passwd passphrase passcode passwort kennwort requirepass masterauth storepass keypass userpass rootpass \
     adminpass dbpass sshpass bindpw rootpw adminpw dbpw dbpwd",
);

/// Endings of words in names of other secrets.
pub(super) static SECRETS: Words = Words::new(
    "secret token credential apikey accesskey secretkey privatekey authkey encryptionkey signingkey masterkey \
     sharedkey accountkey sharedaccesskey presharedkey licensekey mnemonic",
);

/// Words before `key` in names of secrets.
pub(super) static KEY_KINDS: Words = Words::new(
    "access account admin aes anthropic api app auth cipher client cookie crypto deploy encrypt encryption hmac \
     integration jwt license master openai preshared private psk root rsa secret server service session shared sign \
     signing ssh ssl storage stripe subscription tls unlock webhook wireguard",
);

/// Words of names in which `key` is the key of a map, of a sort order, or public.
pub(super) static OTHER_KEYS: Words = Words::new(
    "answer attribute bucket cache cell composite config dedup detach dict document event foreign gpg group hash host \
     hot i18n idempotency index item lookup map message metric natural object partition pgp primary pub public range \
     redis routing row s3 sandbox search shard sort state tag topic trace translation trusted unique verification",
);

/// Words of names that are secret only if their value looks so.
pub(super) static DOUBTFUL: Words = Words::new(
    "auth authorization cookie cookies cred creds dsn key keys license otp pass psk salt seed session sessionid sid \
     sig signature totp webhook",
);

/// Last words of names whose value tells something about a secret, and is none.
pub(super) static HARMLESS_ENDINGS: Words = Words::new(
    "age alg algo algorithm alias allowed arn at attempts audience backend bits budget cache char chars class column \
     complexity config count created date days dir directory disabled domain driver email enable enabled endpoint \
     endpoints env error errors expiration expire expired expires expiry field file filename files fingerprint folder \
     format group handler header headers hint host hours id ids in index interval issuer kind label len length level \
     lifetime limit limits link location manager max method methods min minutes mode model module name names only \
     optional owner param path paths period plugin policy port prefix prompt protocol provider quota rate realm ref \
     reference region renewal required requirements result retries role rotation rules scope scopes seconds server \
     service size sock socket source state status store strategy strength suffix template time timeout title ttl type \
     types updated uri uris url urls usage used user username valid validation validator version window",
);

/// Whole names that a rule above would take for harmless, or not know.
pub(super) static SECRET_NAMES: Words =
    Words::new("aws_access_key_id access_key_id accesskeyid vault_secret_id connectionstring connection_string");

/// Values that say how a secret is, or where it comes from.
pub(super) static STATES: Words = Words::new(
    "accepted active added agent allowed any auto basic bearer being cached cert changed checked cleared configured \
     created decoded default deleted denied digest empty env environment error exists expired expires fail failed \
     failure fetched file for found generated granted has hidden ignored incorrect inherit internal invalid is issued \
     jwt kerberos keychain keyring ldap loaded loading local locked malformed manual masked md5 mismatch missing mtls \
     must needed not oauth oidc ok optional pam parsed passed passthrough pending plain present prompt provided \
     public read received redacted refresh refreshed refused rejected removed renewed requested required reset \
     revoked rotated saml saved scram scram-sha-256 sent set skipped stdin stored success sudo trust try unauthorized \
     unchanged unknown unset updated used valid validated vault verified was wrong",
);

/// Commands whose options hold a secret: their names, the options, and whether the value may follow without a space.
pub(super) static COMMANDS: [(Words, Words, bool); 16] = [
    (Words::new("curl wget http https"), Words::new("-u --user -U --proxy-user -a --auth -b --cookie"), true),
    (
        Words::new(
            "mysql mysqldump mysqladmin mysqlcheck mysqlimport mysqlshow mysqlsh mariadb mariadb-dump mariadb-admin \
             mariadb-check mariabackup xtrabackup",
        ),
        Words::new("-p"),
        true,
    ),
    (Words::new("sshpass"), Words::new("-p"), true),
    (Words::new("redis-cli valkey-cli keydb-cli"), Words::new("-a --pass"), false),
    (Words::new("mongo mongosh mongodump mongorestore mongoexport mongoimport"), Words::new("-p"), false),
    (Words::new("login"), Words::new("-p"), false),
    (Words::new("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd"), Words::new("-w -s -a"), false),
    (Words::new("sqlcmd bcp isql osql"), Words::new("-P"), true),
    (Words::new("mosquitto_pub mosquitto_sub"), Words::new("-P --pw"), false),
    (Words::new("openssl"), Words::new("-passin -passout -pass -k"), false),
    (Words::new("snmpget snmpwalk snmpset"), Words::new("-A -X -c"), false),
    (Words::new("zip unzip"), Words::new("-P"), false),
    (Words::new("7z 7za"), Words::new("-p"), true),
    (Words::new("smbclient rpcclient"), Words::new("-U"), false),
    (Words::new("plink pscp psftp"), Words::new("-pw"), false),
    (Words::new("influx cqlsh clickhouse-client"), Words::new("-p -t"), false),
];

/// Folders in which every file is a secret, with the folder around them, which is any where it is empty.
pub(super) const SECRET_FOLDERS: &[(&str, &str)] = &[
    ("run", "secrets"),
    ("/", "secrets"),
    ("etc", "secrets"),
    ("mnt", "secrets"),
    ("vault", "secrets"),
    ("app", "secrets"),
    ("", ".secrets"),
    ("", ".ssh"),
    ("", ".gnupg"),
    ("", ".aws"),
];

/// Files that hold nothing but secrets.
pub(super) static SECRET_FILES: Words = Words::new(
    ".pgpass .netrc _netrc .git-credentials .htpasswd id_rsa id_dsa id_ecdsa id_ed25519 shadow gshadow .vault-token \
     .my.cnf .erlang.cookie",
);
