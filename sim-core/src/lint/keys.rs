//! The keys of `zoo.cfg`: which there are, and which are slips of those.
//!
//! A key that the parser does not know is no mistake to the server: it becomes a system property
//! `zookeeper.KEY`, and many settings are made that way. Names follow `QuorumPeerConfig` and the
//! system properties that releases 3.5.7 and 3.8.0 read.

use super::hints::meant;
use super::java::trim;
use super::jvm::Form;
use super::properties::{Properties, Span};
use super::remark::{Both, Gravity, Remark};

/// What a key's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number,
    /// `true` or `false`.
    Truth,
    /// `participant` or `observer`.
    Role,
    /// A text.
    Text,
}

/// The keys that the parser itself reads; those since 3.6 last.
const PARSED: &[(&str, Kind)] = &[
    ("dataDir", Kind::Text),
    ("dataLogDir", Kind::Text),
    ("clientPort", Kind::Number),
    ("clientPortAddress", Kind::Text),
    ("secureClientPort", Kind::Number),
    ("secureClientPortAddress", Kind::Text),
    ("tickTime", Kind::Number),
    ("maxClientCnxns", Kind::Number),
    ("minSessionTimeout", Kind::Number),
    ("maxSessionTimeout", Kind::Number),
    ("initLimit", Kind::Number),
    ("syncLimit", Kind::Number),
    ("electionAlg", Kind::Number),
    ("quorumListenOnAllIPs", Kind::Truth),
    ("peerType", Kind::Role),
    ("syncEnabled", Kind::Truth),
    ("dynamicConfigFile", Kind::Text),
    ("autopurge.snapRetainCount", Kind::Number),
    ("autopurge.purgeInterval", Kind::Number),
    ("standaloneEnabled", Kind::Truth),
    ("reconfigEnabled", Kind::Truth),
    ("localSessionsEnabled", Kind::Truth),
    ("localSessionsUpgradingEnabled", Kind::Truth),
    ("sslQuorum", Kind::Truth),
    ("portUnification", Kind::Truth),
    ("sslQuorumReloadCertFiles", Kind::Truth),
    ("quorum.auth.enableSasl", Kind::Truth),
    ("quorum.auth.serverRequireSasl", Kind::Truth),
    ("quorum.auth.learnerRequireSasl", Kind::Truth),
    ("quorum.auth.learner.saslLoginContext", Kind::Text),
    ("quorum.auth.server.saslLoginContext", Kind::Text),
    ("quorum.auth.kerberos.servicePrincipal", Kind::Text),
    ("quorum.cnxn.threads.size", Kind::Number),
];

const PARSED_SINCE_3_6: &[(&str, Kind)] = &[
    ("observerMasterPort", Kind::Number),
    ("clientPortListenBacklog", Kind::Number),
    ("connectToLearnerMasterLimit", Kind::Number),
    ("metricsProvider.className", Kind::Text),
    ("metricsProvider.httpPort", Kind::Number),
    ("metricsProvider.exportJvmInfo", Kind::Truth),
    ("multiAddress.enabled", Kind::Truth),
    ("multiAddress.reachabilityCheckEnabled", Kind::Truth),
    ("multiAddress.reachabilityCheckTimeoutMs", Kind::Number),
    ("jvm.pause.monitor", Kind::Truth),
    ("jvm.pause.info-threshold.ms", Kind::Number),
    ("jvm.pause.warn-threshold.ms", Kind::Number),
    ("jvm.pause.sleep.time.ms", Kind::Number),
    ("oraclePath", Kind::Text),
];

/// Keys that are read as system properties `zookeeper.KEY`.
const PROPERTIES: &[&str] = &[
    "4lw.commands.whitelist",
    "snapCount",
    "preAllocSize",
    "globalOutstandingLimit",
    "forceSync",
    "fsync.warningthresholdms",
    "skipACL",
    "superUser",
    "leaderServes",
    "cnxTimeout",
    "electionPortBindRetry",
    "snapshotSizeFactor",
    "snapshot.trust.empty",
    "snapshot.compression.method",
    "datadir.autocreate",
    "db.autocreate",
    "extendedTypesEnabled",
    "emulate353TTLNodes",
    "serverCnxnFactory",
    "clientTcpKeepAlive",
    "tcpKeepAlive",
    "commitLogCount",
    "maxCnxns",
    "enforceQuota",
    "audit.enable",
    "digest.enabled",
    "watchManagerName",
    "sessionRequireClientSASLAuth",
    "requireClientAuthScheme",
    "kerberos.removeHostFromPrincipal",
    "kerberos.removeRealmFromPrincipal",
    "DigestAuthenticationProvider.superDigest",
    "X509AuthenticationProvider.superUser",
    "maxResponseCacheSize",
    "follower.nodelay",
    "leader.nodelay",
    "admin.enableServer",
    "admin.serverPort",
    "admin.serverAddress",
    "admin.commandURL",
    "admin.idleTimeout",
    "admin.portUnification",
    "admin.forceHttps",
];

/// Beginnings of whole families of such keys.
const FAMILIES: &[&str] = &[
    "admin.",
    "ssl.",
    "authProvider.",
    "nio.",
    "netty.",
    "znode.",
    "commitProcessor.",
    "learner.",
    "leader.",
    "follower.",
    "observer.",
    "multiAddress.",
    "request_",
    "connection_",
    "sasl.",
    "quorum.",
    "client.",
    "pathStats.",
    "messageTracker.",
    "fastleader.",
    "security.",
    "kerberos.",
    "server.",
    "group",
    "weight",
];

/// What the value of a key is, if the parser reads it.
pub fn kind_of(key: &str) -> Option<Kind> {
    let all = PARSED.iter().chain(PARSED_SINCE_3_6);
    all.clone()
        .find(|(name, _)| *name == key)
        .map(|(_, kind)| *kind)
}

/// Whether somebody reads this key.
fn is_known(key: &str, form: Form) -> bool {
    let parsed = |list: &[(&str, Kind)]| list.iter().any(|(name, _)| *name == key);
    parsed(PARSED)
        || (form >= Form::V3_8 && (parsed(PARSED_SINCE_3_6) || key.starts_with("metricsProvider.")))
        || PROPERTIES.contains(&key)
        || FAMILIES.iter().any(|family| key.starts_with(family))
}

/// A key as it was most likely meant: without marks, full-width letters and blanks.
fn plain(key: &str) -> String {
    let key = meant(key);
    let key = key.trim_start_matches('\u{feff}');
    let key = key.split(['\u{ff1d}', '\u{ff1a}']).next().unwrap_or(key);
    trim(key).to_owned()
}

/// Whether a key that stands there is a slip of `key`.
pub fn is_slip(stands: &str, key: &str) -> bool {
    let stands = plain(stands);
    stands == key
        || (kind_of(&stands).is_none() && nearest(&stands, core::iter::once(key)).is_some())
}

fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    crate::scenario::words::nearest(wrong, names)
}

/// Remarks about keys that nobody reads, that are set twice, that are taken for others.
pub fn remarks(file: &str, keys: &Properties, form: Form) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (i, line) in keys.lines.iter().enumerate() {
        let key = trim(&line.key);
        if let Some(remark) = unknown(file, key, line.key_at, form) {
            remarks.push(remark);
        }
        if keys.lines[i + 1..]
            .iter()
            .any(|later| later.key == line.key)
        {
            remarks.push(twice(file, key, line.key_at));
        }
    }
    remarks
}

fn twice(file: &str, key: &str, at: Span) -> Remark {
    let says = Both::new(
        format!("`{key}` is set again below: this line does nothing"),
        format!("`{key}` 在下面又设了一次：这一行不起作用"),
    );
    Remark::about(Gravity::Warning, file, says)
        .at(at)
        .remedy("keep one of them", "只留一行")
}

fn unknown(file: &str, key: &str, at: Span, form: Form) -> Option<Remark> {
    if key == "jute.maxbuffer" || key == "java.net.preferIPv4Stack" {
        let says = Both::new(
            format!("`{key}` does nothing here: it becomes the system property `zookeeper.{key}`"),
            format!("`{key}` 写在这里不起作用：它会变成系统属性 `zookeeper.{key}`"),
        );
        let remark = Remark::about(Gravity::Warning, file, says).at(at);
        return Some(remark.remedy(
            format!("start the server with -D{key}=…"),
            format!("启动服务器时加 -D{key}=…"),
        ));
    }
    if is_known(key, form) {
        return None;
    }
    let shown = meant(key);
    let says = Both::new(
        format!("nobody reads `{shown}`: the server starts as if the line were not there"),
        format!("没有谁读取 `{shown}`：服务器启动时就当没有这一行"),
    );
    let remark = Remark::about(Gravity::Warning, file, says).at(at);
    let bare = plain(key);
    if key.starts_with("metricsProvider.") || PARSED_SINCE_3_6.iter().any(|(name, _)| *name == key)
    {
        return Some(remark.remedy(
            "releases from 3.6 read it, this one does not",
            "3.6 起的版本才读取它，这个版本不读",
        ));
    }
    let names = || {
        let later = if form >= Form::V3_8 {
            PARSED_SINCE_3_6
        } else {
            &[]
        };
        let parsed = PARSED.iter().chain(later).map(|(name, _)| *name);
        parsed.chain(PROPERTIES.iter().copied())
    };
    if shown.starts_with('\u{feff}') {
        return Some(remark.remedy(
            format!(
                "the file begins with a byte order mark, which belongs to the first key: save it as \
                 UTF-8 without one, so that it reads `{bare}`"
            ),
            format!("文件开头有字节顺序标记（BOM），成了第一个键的一部分：另存为不带 BOM 的 UTF-8，使键为 `{bare}`"),
        ));
    }
    if shown.contains(['\u{ff1d}', '\u{ff1a}']) {
        return Some(remark.remedy(
            format!("a full-width `＝` or `：` is no separator: write `{bare}=`"),
            format!("全角的 `＝`、`：` 不是分隔符：写成 `{bare}=`"),
        ));
    }
    if let Some(rest) = bare.strip_prefix("zookeeper.") {
        return Some(remark.remedy(
            format!("the prefix is added by the server: write `{rest}`"),
            format!("前缀由服务器自己加：写成 `{rest}`"),
        ));
    }
    let lower = bare.to_lowercase();
    let listed = ["server", "group", "weight"];
    if let Some(word) = listed.iter().find(|word| lower.starts_with(*word)) {
        let id: String = lower[word.len()..]
            .trim_start_matches(['.', '_', '-'])
            .into();
        if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
            return Some(remark.remedy(
                format!("did you mean `{word}.{id}`? Small letters, and a dot before the number"),
                format!("是不是想写 `{word}.{id}`？要小写，编号前有点号"),
            ));
        }
    }
    Some(match nearest(&bare, names()) {
        Some(name) => remark.remedy(
            format!("did you mean `{name}`? Capitals and every letter count"),
            format!("是不是想写 `{name}`？大小写和每个字母都要一致"),
        ),
        None => remark.remedy(
            format!("remove it, unless a plug-in reads the system property `zookeeper.{bare}`"),
            format!("若没有插件读取系统属性 `zookeeper.{bare}`，请删去"),
        ),
    })
}
