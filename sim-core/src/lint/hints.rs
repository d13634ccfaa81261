//! Remarks: what stands behind a server's words, where, and what to do about it.
//!
//! One function per situation. They never decide whether a server starts: that is `config.rs`,
//! `quorum.rs`, `data.rs` and `start.rs`, which call them.

use super::config::Config;
use super::java::trim;
use super::keys;
use super::machine::Socket;
use super::properties::{Entry, Properties, Span};
use super::remark::{Both, Gravity, Remark};

fn refused(file: &str, en: impl Into<String>, zh: impl Into<String>) -> Remark {
    Remark::about(Gravity::Refused, file, Both::new(en, zh))
}

fn warning(file: &str, en: impl Into<String>, zh: impl Into<String>) -> Remark {
    Remark::about(Gravity::Warning, file, Both::new(en, zh))
}

/// Where a key's value stands, or the key if it has none.
fn value_span(entry: &Entry) -> Span {
    match entry.value_at {
        Span { start, end } if start < end => entry.value_at,
        _ => entry.key_at,
    }
}

fn key_span(keys: &Properties, key: &str) -> Span {
    keys.get(key).map(value_span).unwrap_or_default()
}

/// Text that was read byte by byte, as it was meant.
pub(super) fn meant(text: &str) -> String {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c as u32).ok()).collect();
    let utf8 = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    utf8.unwrap_or_else(|| text.to_owned())
}

/// Where the first `server.N` line stands.
fn first_server(keys: &Properties) -> Span {
    let mut lines = keys.lines.iter();
    let line = lines.find(|line| line.key.starts_with("server."));
    line.map(|line| line.key_at).unwrap_or_default()
}

/// Where the port of clients is written.
pub(super) fn client_port(config: &Config, secure: bool) -> Option<(&str, Span)> {
    let keys = match secure {
        true => ["secureClientPortAddress", "secureClientPort"],
        false => ["clientPortAddress", "clientPort"],
    };
    let entry = keys.into_iter().find_map(|key| config.keys.get(key))?;
    Some((&config.path, value_span(entry)))
}

/// A value that a key cannot have.
pub(super) fn bad_value(file: &str, entry: &Entry) -> Remark {
    let (key, value) = (meant(trim(&entry.key)), meant(trim(&entry.value)));
    if ["server.", "group", "weight"]
        .iter()
        .any(|list| key.starts_with(list))
    {
        return refused(
            file,
            format!("`{key}` stands beside `dynamicConfigFile`"),
            format!("`{key}` 与 `dynamicConfigFile` 同时出现"),
        )
        .at(entry.key_at)
        .remedy(
            "move all members into the dynamic file, or remove `dynamicConfigFile`",
            "把成员全部移到动态配置文件里，或者删去 `dynamicConfigFile`",
        );
    }
    let remark = refused(
        file,
        format!("`{key}` cannot be `{value}`"),
        format!("`{key}` 的值不能是 `{value}`"),
    )
    .at(value_span(entry));
    explain_value(remark, &key, &value)
}

fn explain_value(remark: Remark, key: &str, value: &str) -> Remark {
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    if let Some(comment) = value.find(['#', '!']) {
        let bare = value[..comment].trim_end();
        return remark.remedy(
            format!(
                "a comment begins a line of its own; behind a value it is part of the value: write \
                 `{key}={bare}`"
            ),
            format!("注释只能单独成行；写在值后面就成了值的一部分。应写成 `{key}={bare}`"),
        );
    }
    if value
        .chars()
        .any(|c| ('\u{ff01}'..='\u{ff5e}').contains(&c))
    {
        let half = half_width(value);
        return remark.remedy(
            format!("there are full-width characters in it: write `{key}={half}`"),
            format!("其中有全角字符，应写成 `{key}={half}`"),
        );
    }
    if value.is_empty() {
        return remark.remedy(
            format!("write a value behind `{key}=`, or remove the line"),
            format!("在 `{key}=` 后面写上值，或者删去这一行"),
        );
    }
    match keys::kind_of(key) {
        Some(keys::Kind::Number) if !digits.is_empty() => remark.remedy(
            format!("a whole number without unit: `{key}={digits}`"),
            format!("只写整数，不带单位：`{key}={digits}`"),
        ),
        Some(keys::Kind::Number) => remark.remedy("a whole number", "应为整数"),
        Some(keys::Kind::Truth) => remark.remedy("`true` or `false`", "只能是 `true` 或 `false`"),
        Some(keys::Kind::Role) => remark.remedy(
            "`participant` or `observer`",
            "只能是 `participant` 或 `observer`",
        ),
        _ => remark,
    }
}

pub(super) fn half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xff01 + 0x21).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{3002}' => '.',
        c => c,
    };
    text.chars().map(half).collect()
}

/// The number behind `server.`, `group.` or `weight.`, or a number in the value, is none.
pub(super) fn bad_id(file: &str, entry: &Entry) -> Remark {
    let (key, value) = (meant(&entry.key), meant(&entry.value));
    let id = key.split_once('.').map_or("", |(_, id)| id);
    if id.parse::<i64>().is_err() {
        return refused(
            file,
            format!("`{key}`: a whole number must follow `server.`, `group.` or `weight.`"),
            format!("`{key}`：`server.`、`group.`、`weight.` 后面必须是整数"),
        )
        .at(entry.key_at)
        .remedy(
            "any key that begins with `group` or `weight` is read so; rename others",
            "凡是以 `group` 或 `weight` 开头的键都按此解析，别的键请换个名字",
        );
    }
    let remark = refused(
        file,
        format!("`{key}={value}`: ids and weights are whole numbers"),
        format!("`{key}={value}`：编号和权重都是整数"),
    )
    .at(value_span(entry));
    remark.remedy(
        "members of a group are joined by colons: `group.1=1:2:3`",
        "组内成员用半角冒号连接：`group.1=1:2:3`",
    )
}

/// A `server.N` line that cannot be read.
pub(super) fn bad_server(file: &str, entry: &Entry) -> Remark {
    let (key, value) = (meant(&entry.key), meant(&entry.value));
    let remark = refused(
        file,
        format!("`{key}={value}` is no member's address"),
        format!("`{key}={value}` 不是成员地址"),
    )
    .at(value_span(entry));
    let half = half_width(&value);
    if half != value {
        return remark.remedy(
            format!("there are full-width characters in it: `{key}={half}`"),
            format!("其中有全角字符：应为 `{key}={half}`"),
        );
    }
    if value.contains('#') || value.trim_end() != value {
        return remark.remedy(
            "nothing may follow the address on its line, neither a comment nor a blank",
            "地址后面不能再有内容，注释和空格都不行",
        );
    }
    let address = value.split(';').next().unwrap_or_default();
    let fields: Vec<&str> = address.split(':').collect();
    if let [_, _, _, role] = fields[..]
        && !matches!(&*role.to_lowercase(), "participant" | "observer")
    {
        return remark.remedy(
            format!("`{role}` is no role: `participant` (which may be left out) or `observer`"),
            format!("没有 `{role}` 这种角色：只有 `participant`（可以不写）和 `observer`"),
        );
    }
    let advice = match fields[..] {
        [host] => format!("`{key}={host}:2888:3888`"),
        [host, port] => format!("`{key}={host}:{port}:3888`"),
        [host, one, other, ..] if one == other => format!("`{key}={host}:{one}:3888`"),
        _ => format!("`{key}=host:2888:3888` or `{key}=host:2888:3888:observer;2181`"),
    };
    remark.remedy(
        format!(
            "host, port for followers, port for elections: {advice}; the two ports differ and are \
             at most 65535"
        ),
        format!("依次是主机、follower 端口、选举端口：{advice}；两个端口不能相同，且不超过 65535"),
    )
}

pub(super) fn two_groups(file: &str, entry: &Entry, id: i64) -> Remark {
    refused(
        file,
        format!("server {id} is in more than one group"),
        format!("{id} 号服务器出现在不止一个组里"),
    )
    .at(value_span(entry))
    .remedy(
        "each voter belongs to one group",
        "每个投票者只能属于一个组",
    )
}

pub(super) fn no_group(file: &str, line: &Entry, id: i64) -> Remark {
    refused(
        file,
        format!("server {id} is in no group"),
        format!("{id} 号服务器不在任何组里"),
    )
    .at(line.key_at)
    .remedy(
        "as soon as one `group` or `weight` key is there, each voter needs a group",
        "只要出现任何 `group` 或 `weight` 键，每个投票者都必须有组",
    )
}

pub(super) fn not_a_server(file: &str, id: i64) -> Remark {
    refused(
        file,
        format!("a group names {id}, which is no voter: there is no such `server.{id}` line, or it is an observer"),
        format!("组里写了 {id}，但它不是投票者：没有 `server.{id}` 这一行，或者它是 observer"),
    )
    .remedy(
        format!("remove {id} from the group, or add its line"),
        format!("从组里去掉 {id}，或者补上它的 server 行"),
    )
}

/// A key that must be set.
pub(super) fn unset(file: &str, keys: &Properties, key: &str) -> Remark {
    let (en, zh) = match keys.get(key) {
        Some(_) => ("0, which counts as not set", "0，等于没有设置"),
        None => ("not set", "没有设置"),
    };
    let remark =
        refused(file, format!("`{key}` is {en}"), format!("`{key}` {zh}")).at(key_span(keys, key));
    let slip = |line: &&Entry| trim(&line.key) != key && keys::is_slip(&line.key, key);
    let near = keys.lines.iter().find(slip);
    if let Some(line) = near.filter(|_| keys.get(key).is_none()) {
        let wrong = meant(trim(&line.key));
        return remark.at(line.key_at).remedy(
            format!("did you mean `{key}` where `{wrong}` stands? Capitals and every letter count"),
            format!("`{wrong}` 是不是想写 `{key}`？大小写和每个字母都要一致"),
        );
    }
    let usual = match key {
        "initLimit" => "10",
        "syncLimit" => "5",
        "tickTime" => "2000",
        "clientPort" => "2181",
        "secureClientPort" => "2281",
        _ => "/var/lib/zookeeper",
    };
    remark.remedy(
        format!("add a line, for example `{key}={usual}`"),
        format!("加上一行，例如 `{key}={usual}`"),
    )
}

pub(super) fn bad_port(file: &str, keys: &Properties, key: &str) -> Remark {
    refused(
        file,
        format!("`{key}` is no port"),
        format!("`{key}` 不是端口号"),
    )
    .at(key_span(keys, key))
    .remedy("ports go from 1 to 65535", "端口号从 1 到 65535")
}

pub(super) fn unknown_host(file: &str, keys: &Properties, key: &str, host: &str) -> Remark {
    refused(
        file,
        format!("nobody knows the host `{host}`"),
        format!("无法解析主机名 `{host}`"),
    )
    .at(key_span(keys, key))
    .remedy(
        "write an address of this machine, or leave the key out to listen on all",
        "写本机的一个地址，或者删去这个键以监听所有地址",
    )
}

pub(super) fn sessions(file: &str, keys: &Properties, min: i32, max: i32) -> Remark {
    let span = ["minSessionTimeout", "maxSessionTimeout", "tickTime"];
    let span = span.into_iter().find_map(|key| keys.get(key));
    refused(
        file,
        format!("sessions would last at least {min} ms and at most {max} ms"),
        format!("会话超时的下限是 {min} 毫秒，上限却是 {max} 毫秒"),
    )
    .at(span.map(value_span).unwrap_or_default())
    .remedy(
        "unless they are set, they are 2 and 20 times tickTime: raise the one or lower the other",
        "没有设置时，它们分别是 tickTime 的 2 倍和 20 倍：调高一个，或调低另一个",
    )
}

pub(super) fn sasl(file: &str, keys: &Properties, key: &str, needs: &str) -> Remark {
    refused(
        file,
        format!("`{key}` needs `quorum.auth.{needs}=true`"),
        format!("`{key}` 需要 `quorum.auth.{needs}=true`"),
    )
    .at(key_span(keys, key))
    .remedy("set both, or neither", "要么都设，要么都不设")
}

pub(super) fn no_login(config: &Config) -> Remark {
    refused(
        &config.path,
        "SASL between servers needs a login configuration of the JVM",
        "服务器之间的 SASL 需要给 JVM 指定登录配置",
    )
    .at(key_span(&config.keys, "quorum.auth.enableSasl"))
    .remedy(
        "start it with -Djava.security.auth.login.config=FILE",
        "启动时加上 -Djava.security.auth.login.config=文件",
    )
}

pub(super) fn metrics(file: &str, keys: &Properties) -> Remark {
    refused(
        file,
        "the class of the metrics provider is not in the server's own jar",
        "指标提供者的类不在服务器自己的 jar 里",
    )
    .at(key_span(keys, "metricsProvider.className"))
    .remedy(
        "put its jar into `lib` (releases from 3.6 ship zookeeper-prometheus-metrics), or remove the line",
        "把它的 jar 放进 `lib`（3.6 起的发行包带有 zookeeper-prometheus-metrics），或删去这一行",
    )
}

pub(super) fn malformed(file: &str, at: Span) -> Remark {
    refused(
        file,
        "a backslash with `u` begins a character by its number: four hexadecimal digits",
        "反斜杠加 `u` 表示按编号写的字符，后面必须是四位十六进制数",
    )
    .at(at)
    .remedy(
        "write paths with `/`, or double the backslash",
        "路径请用 `/`，或者写两个反斜杠",
    )
}

pub(super) fn no_dynamic_file(file: &str, entry: Option<&Entry>, dynamic: &str) -> Remark {
    refused(
        file,
        format!("the dynamic file {dynamic} cannot be read"),
        format!("读不到动态配置文件 {dynamic}"),
    )
    .at(entry.map(value_span).unwrap_or_default())
    .remedy(
        "write the `server.N` lines into it, or into this file without `dynamicConfigFile`",
        "把 `server.N` 各行写进那个文件；或者写在本文件里，并删去 `dynamicConfigFile`",
    )
}

pub(super) fn dynamic_version(file: &str, entry: &Entry) -> Remark {
    refused(
        file,
        "the version of a dynamic file is the end of its name",
        "动态配置文件的版本写在文件名的末尾",
    )
    .at(entry.key_at)
    .remedy("remove the line", "删去这一行")
}

pub(super) fn dynamic_key(file: &str, entry: &Entry, main: &str) -> Remark {
    refused(
        file,
        format!(
            "`{}` does not belong into a dynamic file",
            meant(&entry.key)
        ),
        format!("`{}` 不能写在动态配置文件里", meant(&entry.key)),
    )
    .at(entry.key_at)
    .remedy(
        format!("only `server.N`, `group.N` and `weight.N` do; move it to {main}"),
        format!("这里只能有 `server.N`、`group.N`、`weight.N`；请移到 {main}"),
    )
}

pub(super) fn members(file: &str, keys: &Properties, voters: usize, observers: usize) -> Remark {
    if voters + observers == 0 {
        return refused(
            file,
            "`standaloneEnabled=false` asks for an ensemble, and no `server.N` line is there",
            "`standaloneEnabled=false` 要求组成集群，却没有一行 `server.N`",
        )
        .at(key_span(keys, "standaloneEnabled"))
        .remedy("list the members, or remove it", "列出成员，或者删去它");
    }
    refused(
        file,
        format!("no ensemble: {voters} of the members vote and {observers} only observe"),
        format!("组不成集群：投票者 {voters} 个，observer {observers} 个"),
    )
    .at(first_server(keys))
    .remedy(
        "observers need an ensemble: three voters, or `standaloneEnabled=false` with at least one",
        "observer 要依附集群：至少三个投票者；或者设 `standaloneEnabled=false` 并至少有一个投票者",
    )
}

pub(super) fn my_id_text(path: &str, bytes: &[u8]) -> Remark {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().next().unwrap_or_default().to_owned();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let remark = refused(
        path,
        format!("the first line of myid, `{line}`, is no number"),
        format!("myid 的第一行 `{line}` 不是数字"),
    )
    .at(Span {
        start: 0,
        end: line.len().max(1),
    });
    let id = if digits.is_empty() { "1" } else { &*digits };
    remark.remedy(
        format!(
            "only the number may stand there, no blank and no mark before it: `echo {id} > {path}`"
        ),
        format!("第一行只能有数字，前后不能有空格或其他标记：`echo {id} > {path}`"),
    )
}

pub(super) fn my_id_missing(file: &str, keys: &Properties, path: &str) -> Remark {
    let data_dir = keys.get("dataDir");
    let mut remark = refused(
        file,
        format!("there is no {path}, so the server does not know which `server.N` it is"),
        format!("没有 {path}，服务器不知道自己是哪个 `server.N`"),
    )
    .at(key_span(keys, "dataDir"));
    if data_dir.is_some_and(|entry| entry.value.contains('#')) {
        remark = explain_value(
            remark,
            "dataDir",
            &meant(trim(&keys.get("dataDir").expect("it is there").value)),
        );
        return remark;
    }
    remark.remedy(
        format!("`echo 1 > {path}`, with its own number on each server (-1 counts as none)"),
        format!("`echo 1 > {path}`，每台服务器写自己的编号（-1 等于没有）"),
    )
}

pub(super) fn two_client_ports(file: &str, line: &Entry) -> Remark {
    refused(
        file,
        "the client port behind `;` is not the one of `clientPort`",
        "`;` 后面的客户端端口与 `clientPort` 不一致",
    )
    .at(line.value_at)
    .remedy(
        "say it once: remove `clientPort`",
        "只写一处：删去 `clientPort`",
    )
}

pub(super) fn peer_type(file: &str, keys: &Properties, own: Option<Span>, in_list: bool) -> Remark {
    let (role, other) = match in_list {
        true => ("observer", "participant"),
        false => ("participant", "observer"),
    };
    warning(
        file,
        format!("the list says {role}, `peerType` says {other}: the list wins"),
        format!("列表里写的是 {role}，`peerType` 是 {other}：以列表为准"),
    )
    .at(match keys.get("peerType") {
        Some(entry) => value_span(entry),
        None => own.unwrap_or_default(),
    })
    .remedy(
        format!("write `peerType={role}`, or mark the line of this server with `:observer`"),
        format!("写成 `peerType={role}`，或在这台服务器的那一行末尾加 `:observer`"),
    )
}

pub(super) fn no_client_port(config: Option<&Config>) -> Option<Remark> {
    let config = config?;
    let remark = Remark::about(
        Gravity::Warning,
        &config.path,
        Both::new(
            "there is no `clientPort`: the server runs and nobody can connect",
            "没有 `clientPort`：服务器在运行，但谁也连不上",
        ),
    );
    Some(
        remark
            .at(key_span(&config.keys, "clientPort"))
            .remedy("add `clientPort=2181`", "加上 `clientPort=2181`"),
    )
}

pub(super) fn secure_needs_netty() -> Remark {
    Remark {
        gravity: Gravity::Refused,
        file: None,
        span: None,
        says: Both::new(
            "TLS for clients needs Netty; the default connection factory cannot do it",
            "客户端 TLS 需要 Netty，默认的连接工厂做不到",
        ),
        remedy: Some(Both::new(
            "add `serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory`",
            "加上 `serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory`",
        )),
    }
}

/// A port that cannot be opened, and where it is written.
pub(super) fn cannot_bind(
    socket: &Socket,
    why: &str,
    port: &str,
    written: Option<(&str, Span)>,
) -> Remark {
    let (en, zh) = match why {
        "Address already in use" => (
            "another process listens there: stop it, or take another port",
            "端口已被别的进程占用：停掉它，或换一个端口",
        ),
        "Unresolved address" => (
            "nobody knows that name: correct it, or put it into /etc/hosts",
            "这个主机名无法解析：改正它，或写进 /etc/hosts",
        ),
        _ if port == "client" => (
            "it is no address of this machine: correct it, or leave the address out",
            "那不是本机的地址：改正它，或者不写地址",
        ),
        _ => (
            "it is no address of this machine: correct it, or set `quorumListenOnAllIPs=true`",
            "那不是本机的地址：改正它，或设 `quorumListenOnAllIPs=true`",
        ),
    };
    let zh_port = match port {
        "client" => "客户端",
        "election" => "选举",
        _ => "quorum",
    };
    Remark {
        gravity: Gravity::Refused,
        file: written.map(|(file, _)| file.into()),
        span: written.map(|(_, span)| span),
        says: Both::new(
            format!("the {port} port {} cannot be opened", socket.plain()),
            format!("无法打开{zh_port}端口 {}", socket.plain()),
        ),
        remedy: Some(Both::new(en, zh)),
    }
}

pub(super) fn not_listed(config: &Config, id: i64) -> Remark {
    let quorum = config.quorum.as_ref();
    let ids = quorum.into_iter().flat_map(|quorum| quorum.members.keys());
    let ids: Vec<String> = ids.map(i64::to_string).collect();
    let ids = ids.join(", ");
    refused(
        &config.path,
        format!("myid is {id}, but the list has {ids} only"),
        format!("myid 是 {id}，而列表里只有 {ids}"),
    )
    .at(first_server(&config.keys))
    .remedy(
        format!("add a line `server.{id}=…` on every server, or correct myid"),
        format!("在每台服务器上加一行 `server.{id}=…`，或者改正 myid"),
    )
}

pub(super) fn old_election(config: &Config) -> Remark {
    warning(
        &config.path,
        "only algorithm 3 is maintained: 0 to 2 are long deprecated, others find nobody",
        "只有算法 3 还在维护：0 到 2 早已废弃，其他值选不出领导者",
    )
    .at(key_span(&config.keys, "electionAlg"))
    .remedy("remove the line", "删去这一行")
}

pub(super) fn negative_timeout(config: &Config, timeout: i32) -> Remark {
    warning(
        &config.path,
        format!(
            "syncLimit × tickTime is {timeout} ms: no connection to another server can be set up"
        ),
        format!("syncLimit × tickTime 等于 {timeout} 毫秒：无法与别的服务器建立连接"),
    )
    .at(key_span(&config.keys, "syncLimit"))
    .remedy(
        "write a positive number, for example `syncLimit=5`",
        "写正数，例如 `syncLimit=5`",
    )
}

pub(super) fn mixed_dirs(logs: &str, snaps: &str, in_logs: bool) -> Remark {
    let (dir, what, what_zh) = match in_logs {
        true => (logs, "snapshots", "快照"),
        false => (snaps, "transaction logs", "事务日志"),
    };
    refused(
        dir,
        format!("{dir} holds {what} from the time before the directories were separate"),
        format!("{dir} 里还有分开目录之前留下的{what_zh}"),
    )
    .remedy(
        format!("move `log.*` to {logs} and `snapshot.*` to {snaps}"),
        format!("把 `log.*` 移到 {logs}，把 `snapshot.*` 移到 {snaps}"),
    )
}

pub(super) fn directory(dir: &str) -> Remark {
    refused(
        dir,
        format!("the server cannot use {dir}"),
        format!("服务器无法使用目录 {dir}"),
    )
    .remedy(
        "make the directory and let the server's user write into it",
        "建好这个目录，并让运行服务器的用户可写",
    )
}

pub(super) fn epochs(dir: &str) -> Remark {
    refused(
        dir,
        "the epoch files contradict each other or the data: acceptedEpoch ≥ currentEpoch ≥ the epoch of the last zxid",
        "epoch 文件彼此矛盾或与数据矛盾：应满足 acceptedEpoch ≥ currentEpoch ≥ 最后 zxid 的 epoch",
    )
    .remedy(
        "restore the directory as a whole; on a member of a healthy ensemble, empty it and keep myid",
        "整体恢复这个目录；若集群健康，也可清空它（保留 myid）后重新加入",
    )
}

pub(super) fn epoch_text(path: &str) -> Remark {
    refused(
        path,
        "an epoch file holds one number and nothing else",
        "epoch 文件里只能有一个数字",
    )
    .remedy(
        "restore it from a backup; deleted, it is made again from the last zxid",
        "从备份恢复；若删去，会按最后的 zxid 重新生成",
    )
}

pub(super) fn no_snapshot(logs: &str, snaps: &str) -> Remark {
    refused(
        logs,
        format!("{logs} holds a log and {snaps} no valid snapshot: history below the log may be missing"),
        format!("{logs} 里有日志，{snaps} 里却没有有效的快照：日志之前的历史可能丢了"),
    )
    .remedy(
        "bring the snapshots back; after an upgrade from 3.4 that never took one, start once with `snapshot.trust.empty=true`",
        "找回快照；若是从 3.4 升级且从未写过快照，用 `snapshot.trust.empty=true` 启动一次",
    )
}

pub(super) fn damaged_snapshot(path: &str) -> Remark {
    warning(
        path,
        "not a whole snapshot: it is passed over without a word",
        "快照不完整：会被悄悄跳过",
    )
    .remedy(
        "if it is the only one the server starts empty: bring a whole one back first",
        "如果只有这一个，服务器会从空数据启动：请先找回完整的快照",
    )
}

pub(super) fn log_header(path: &str) -> Remark {
    refused(
        path,
        "a log file without a whole header (ZOOKEEPER-2332)",
        "日志文件没有完整的文件头（ZOOKEEPER-2332）",
    )
    .remedy("an empty one can be deleted", "空文件可以删除")
}

/// What a server does not mind and people do.
pub(super) fn habits(config: &Config, outcome: super::Outcome) -> Vec<Remark> {
    use super::{Outcome, Running};
    let mut remarks = Vec::new();
    let file = &*config.path;
    let Some(quorum) = &config.quorum else {
        return remarks;
    };
    let (voters, members) = (quorum.voters().count(), quorum.members.len());
    let at = first_server(&config.keys);
    if outcome == Outcome::Runs(Running::Standalone) && members == 1 {
        remarks.push(
            warning(
                file,
                "one `server.N` line is no ensemble: the server runs standalone",
                "只有一行 `server.N` 组不成集群：服务器以单机模式运行",
            )
            .at(at)
            .remedy(
                "list all members in every file; remove the line if one server is meant",
                "在每个文件里列出全部成员；若只要一台，删去这一行",
            ),
        );
    }
    if matches!(outcome, Outcome::Runs(Running::Looking)) && voters % 2 == 0 && !quorum.hierarchical
    {
        let (lost, fewer) = ((voters - 1) / 2, voters - 1);
        remarks.push(
            warning(
                file,
                format!("{voters} voters survive the loss of {lost}, as {fewer} would"),
                format!("{voters} 个投票者只容许坏 {lost} 个，与 {fewer} 个时一样"),
            )
            .at(at)
            .remedy("use an odd number of voters", "投票者用奇数个"),
        );
    }
    if config.init_limit < 0 {
        remarks.push(
            warning(
                file,
                "`initLimit` is negative, which the server does not check",
                "`initLimit` 是负数，而服务器并不检查",
            )
            .at(key_span(&config.keys, "initLimit"))
            .remedy("write a positive number of ticks", "写正的 tick 数"),
        );
    }
    for key in ["dataDir", "dataLogDir"] {
        let Some(entry) = config.keys.get(key) else {
            continue;
        };
        let value = meant(trim(&entry.value));
        if value.contains(" #") {
            let remark = warning(
                file,
                format!("the directory is called `{value}`"),
                format!("目录名成了 `{value}`"),
            );
            remarks.push(explain_value(remark.at(value_span(entry)), key, &value));
        } else if !value.starts_with('/') && !value.is_empty() {
            remarks.push(
                warning(
                    file,
                    format!("`{key}={value}` depends on where the server is started"),
                    format!("`{key}={value}` 取决于从哪个目录启动"),
                )
                .at(value_span(entry))
                .remedy("write an absolute path", "写绝对路径"),
            );
        }
    }
    remarks
}
