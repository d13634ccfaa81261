//! Texts of broadcasting, disks, clients, records of the engine, and faults.

use crate::explain::text::texts;

texts! {
    // ---- broadcast ----
    PROPOSED "proposed" {
        "leader {who} proposes {zxid}: {body}",
        "Leader {who} 提出 {zxid}：{body}";
        "proposes {zxid}: {body}",
        "提出 {zxid}：{body}"
    }
    PROPOSAL_HEARD "proposal-heard" {
        "server {who} receives proposal {zxid}",
        "服务器 {who} 收到提案 {zxid}";
        "proposal {zxid}",
        "提案 {zxid}"
    }
    COMMIT_UNMATCHED "commit-unmatched" {
        "server {who} receives COMMIT {zxid}, but the oldest proposal it holds is {expected}",
        "服务器 {who} 收到 COMMIT {zxid}，但手里最早的提案是 {expected}";
        "COMMIT {zxid}, but {expected} is next",
        "COMMIT {zxid}，但下一个应为 {expected}"
    }
    COMMIT_UNSEEN "commit-unseen" {
        "server {who} receives COMMIT {zxid} without holding any proposal",
        "服务器 {who} 收到 COMMIT {zxid}，但手里没有任何提案";
        "COMMIT {zxid} without a proposal",
        "COMMIT {zxid}，但没有提案"
    }
    ACKED "acked" {
        "leader {who} counts the ACK of {by} for {zxid}: {acks} of {needed} needed",
        "Leader {who} 计入 {by} 对 {zxid} 的 ACK：需要 {needed} 个，已有 {acks} 个";
        "ACK of {by} for {zxid}: {acks}/{needed}",
        "{by} 对 {zxid} 的 ACK：{acks}/{needed}"
    }
    COMMITTED "committed" {
        "leader {who} commits {zxid}: acknowledged by {acks}",
        "Leader {who} 提交 {zxid}：已由 {acks} 确认";
        "commits {zxid} ({acks})",
        "提交 {zxid}（{acks}）"
    }
    APPLIED "applied" {
        "server {who} applies {zxid}: {body}",
        "服务器 {who} 应用 {zxid}：{body}";
        "applies {zxid}: {body}",
        "应用 {zxid}：{body}"
    }
    REPLAYED "applied.replayed" {
        "server {who} replays {zxid} from its log: {body}",
        "服务器 {who} 从日志重放 {zxid}：{body}";
        "replays {zxid}: {body}",
        "重放 {zxid}：{body}"
    }

    // ---- disk ----
    LOGGED "logged" {
        "server {who} appends {zxid} to log.{file}",
        "服务器 {who} 把 {zxid} 追加到 log.{file}";
        "logs {zxid}",
        "写日志 {zxid}"
    }
    SYNCED "synced" {
        "server {who} has its log on disk up to {zxid}",
        "服务器 {who} 的日志已落盘到 {zxid}";
        "on disk up to {zxid}",
        "已落盘到 {zxid}"
    }
    SNAPSHOT_TAKEN "snapshot-taken" {
        "server {who} writes snapshot.{name} of its database at {zxid}",
        "服务器 {who} 把处于 {zxid} 的数据库写入 snapshot.{name}";
        "snapshot.{name} at {zxid}",
        "snapshot.{name}，zxid {zxid}"
    }
    TRUNCATED "truncated" {
        "server {who} cuts its log behind {to}: {removed} {removed|transaction is|transactions \
         are} gone, it now reports {reported}",
        "服务器 {who} 把日志截断到 {to}：丢掉 {removed} 个事务，现在报告 {reported}";
        "cuts its log behind {to} (-{removed}), reports {reported}",
        "日志截断到 {to}（-{removed}），报告 {reported}"
    }
    ACCEPTED_EPOCH_FILE "epoch-file.accepted" {
        "server {who} writes acceptedEpoch {epoch}",
        "服务器 {who} 写入 acceptedEpoch {epoch}";
        "acceptedEpoch {epoch}",
        "acceptedEpoch {epoch}"
    }
    CURRENT_EPOCH_FILE "epoch-file.current" {
        "server {who} writes currentEpoch {epoch}",
        "服务器 {who} 写入 currentEpoch {epoch}";
        "currentEpoch {epoch}",
        "currentEpoch {epoch}"
    }
    DATABASE_REPLACED "database-replaced" {
        "server {who} replaces its database by the leader's at {zxid}",
        "服务器 {who} 用 Leader 处于 {zxid} 的数据库替换自己的";
        "database of the leader at {zxid}",
        "换成 Leader 的数据库，zxid {zxid}"
    }

    // ---- sessions and clients ----
    SESSION_OPENED "session-opened" {
        "server {who} opens session {session} with a timeout of {timeout} ms",
        "服务器 {who} 打开会话 {session}，超时 {timeout} 毫秒";
        "session {session}, {timeout} ms",
        "会话 {session}，{timeout} 毫秒"
    }
    SESSION_EXPIRED "session-expired" {
        "leader {who} expires session {session}: silent for too long",
        "Leader {who} 判定会话 {session} 过期：静默太久";
        "session {session} expired",
        "会话 {session} 过期"
    }
    CLIENT_CONNECTED "client-connected" {
        "{who} is connected to server {to} with session {session}",
        "{who} 以会话 {session} 连上服务器 {to}";
        "connected to {to} ({session})",
        "连上 {to}（{session}）"
    }
    CLIENT_DISCONNECTED "client-disconnected" {
        "{who} has lost server {from}",
        "{who} 与服务器 {from} 断开";
        "lost {from}",
        "与 {from} 断开"
    }
    CLIENT_EXPIRED "client-expired" {
        "{who} learns that its session {session} is gone",
        "{who} 得知自己的会话 {session} 已过期";
        "session {session} is gone",
        "会话 {session} 已过期"
    }
    ASKED "asked" {
        "{who} asks server {to} (request {cxid} of session {session}): {body}",
        "{who} 向服务器 {to} 请求（会话 {session} 的第 {cxid} 号请求）：{body}";
        "asks {to}: {body}",
        "请求 {to}：{body}"
    }
    ANSWERED "answered" {
        "{who} has the answer to request {cxid} of session {session} at {zxid}: {result}",
        "{who} 收到会话 {session} 第 {cxid} 号请求的答复，zxid {zxid}：{result}";
        "answer {cxid} at {zxid}: {result}",
        "答复 {cxid}，zxid {zxid}：{result}"
    }
    UNANSWERED "unanswered" {
        "{who} gives up on request {cxid} of session {session}: nobody tells it whether it took \
         effect",
        "{who} 放弃等待会话 {session} 的第 {cxid} 号请求：无从得知它是否生效";
        "no answer to {cxid}",
        "{cxid} 没有答复"
    }
    WATCH_SET "watch-set" {
        "server {who} keeps a watch of session {session} on {path}",
        "服务器 {who} 记下会话 {session} 对 {path} 的 Watcher";
        "watch of {session} on {path}",
        "{session} 监听 {path}"
    }
    WATCH_FIRED "watch-fired" {
        "server {who} tells session {session}: {event} {path}",
        "服务器 {who} 通知会话 {session}：{event} {path}";
        "tells {session}: {event} {path}",
        "通知 {session}：{event} {path}"
    }
    WATCHES_DROPPED "watches-dropped" {
        "server {who} forgets {n} {n|watch|watches} of session {session}, whose connection ended",
        "会话 {session} 的连接已断开，服务器 {who} 丢弃其 {n} 个 Watcher";
        "forgets {n} {n|watch|watches} of {session}",
        "丢弃 {session} 的 {n} 个 Watcher"
    }
    EVENT_HEARD "event-heard" {
        "{who} is told: {event} {path}",
        "{who} 收到通知：{event} {path}";
        "told: {event} {path}",
        "收到 {event} {path}"
    }
    WATCHES_RESENT "watches-resent" {
        "{who} registers {n} {n|watch|watches} again, having seen {zxid}",
        "{who} 重新注册 {n} 个 Watcher，此前已见到 {zxid}";
        "registers {n} {n|watch|watches} again from {zxid}",
        "自 {zxid} 起重新注册 {n} 个 Watcher"
    }
    SESSION_MOVED "session-moved" {
        "server {who} closes its connection of session {session}, which another server serves by now",
        "服务器 {who} 关闭会话 {session} 的旧连接：该会话已转到另一台服务器";
        "{session} has moved: closes",
        "会话 {session} 已转移，关闭连接"
    }
    WRONG_PASSWORD "wrong-password" {
        "server {who} refuses session {session}: the password is wrong",
        "服务器 {who} 拒绝会话 {session}：密码错误";
        "{session}: wrong password",
        "{session}：密码错误"
    }
    TOO_MANY_CONNECTIONS "too-many-connections" {
        "server {who} closes a new connection: {n} from the same address are open, and {limit} are allowed",
        "服务器 {who} 关闭新连接：同一地址已有 {n} 个连接，上限为 {limit}";
        "too many connections: {n} of {limit}",
        "连接过多：{n}/{limit}"
    }
    CLIENT_AUTH_FAILED "client-auth-failed" {
        "{who} could not prove who it is in session {session}",
        "{who} 在会话 {session} 中认证失败";
        "authentication failed in {session}",
        "会话 {session} 认证失败"
    }
    CLIENT_AHEAD "client-ahead" {
        "server {who} refuses a client that has seen {theirs}: its own last zxid is {own}",
        "服务器 {who} 拒绝一个已见过 {theirs} 的客户端：自己最后的 zxid 只有 {own}";
        "refuses a client ahead: {theirs} > {own}",
        "拒绝更新的客户端：{theirs} > {own}"
    }
    SERVING "serving" {
        "server {who} begins to serve clients at {zxid}",
        "服务器 {who} 从 {zxid} 起开始服务客户端";
        "serves from {zxid}",
        "开始服务，zxid {zxid}"
    }
    NOT_SERVING "serving.not" {
        "server {who} stops serving clients at {zxid}",
        "服务器 {who} 在 {zxid} 处停止服务客户端";
        "serves no longer ({zxid})",
        "停止服务（{zxid}）"
    }

    // ---- records of the engine ----
    BOOTED "booted" { "{who} starts", "{who} 启动"; "starts", "启动" }
    ACCEPTED "accepted" {
        "{who} accepts a connection from {from} on its {port} port",
        "{who} 在 {port} 端口接受 {from} 的连接";
        "connection from {from} ({port})",
        "{from} 的连接（{port}）"
    }
    OPENED "opened" { "{who}'s connection is open", "{who} 的连接已建立"; "connection open", "连接已建立" }
    REFUSED "refused" {
        "{who}'s connection is refused",
        "{who} 的连接被拒绝";
        "connection refused",
        "连接被拒绝"
    }
    DELIVERED "delivered" {
        "{who} receives {kind} from {from}",
        "{who} 收到 {from} 的 {kind}";
        "{kind} from {from}",
        "{from} 的 {kind}"
    }
    CLOSED "closed" {
        "{who} loses a connection: {word}",
        "{who} 的一条连接断开：{word}";
        "connection lost: {word}",
        "连接断开：{word}"
    }
    PEER_CLOSED "closed.peer" { "the other side closed it", "对方关闭" }
    RESET "closed.reset" { "the other side died or reset it", "对方已死或重置" }
    BROKEN "closed.broken" { "the network gave up on it", "网络放弃了它" }
    FIRED "fired" { "a timer of {who} runs out", "{who} 的定时器到期"; "timer", "定时器到期" }
    HANDED "handed" {
        "another thread of {who} takes up work",
        "{who} 的另一个线程接手工作";
        "next thread",
        "换线程"
    }
    WRITTEN "written" { "{who}'s disk is in sync", "{who} 的数据已落盘"; "disk in sync", "已落盘" }
    NOT_WRITTEN "written.not" {
        "{who}'s disk reports an error",
        "{who} 的磁盘报错";
        "disk error",
        "磁盘报错"
    }
    CALLED "called" { "{who} is asked from outside", "外部向 {who} 发出请求"; "asked", "外部请求" }
    SENT "sent" {
        "{who} sends {kind} to {to}",
        "{who} 向 {to} 发送 {kind}";
        "{kind} to {to}",
        "{kind} → {to}"
    }
    LOST "lost" {
        "what {who} sent to {to} is lost on its way: {kind}",
        "{who} 发给 {to} 的 {kind} 在途中丢失";
        "{kind} to {to} is lost",
        "{kind} → {to} 丢失"
    }
    DIALLED "dialled" {
        "{who} connects to the {port} port of {to}",
        "{who} 连接 {to} 的 {port} 端口";
        "dials {to} ({port})",
        "连接 {to}（{port}）"
    }
    HUNG "hung" { "{who} closes a connection", "{who} 关闭一条连接"; "hangs up", "关闭连接" }
    REPLIED "replied" { "{who} answers a request from outside", "{who} 答复外部请求"; "answers", "答复" }
    EXITED "exited" {
        "{who} exits with code {code}",
        "{who} 以退出码 {code} 退出";
        "exits ({code})",
        "退出（{code}）"
    }
    FAULTED "faulted" { "from outside: {act}", "外部操作：{act}"; "{act}", "{act}" }
    SERVER "who.server" { "server {sid}", "服务器 {sid}"; "{sid}", "{sid}" }
    CLIENT "who.client" { "client {name}", "客户端 {name}"; "{name}", "{name}" }
    NODE "who.node" { "node {name}", "节点 {name}"; "{name}", "{name}" }

    // ---- faults ----
    START "fault.start" { "{who} is started", "启动 {who}" }
    CRASH "fault.crash" { "{who} is killed", "杀死 {who}" }
    POWER_LOSS "fault.power-loss" {
        "the power of host {host} is cut, with {nodes} on it",
        "主机 {host} 断电，其上有 {nodes}"
    }
    PAUSE "fault.pause" { "{who} is stopped (SIGSTOP)", "暂停 {who}（SIGSTOP）" }
    RESUME "fault.resume" { "{who} goes on (SIGCONT)", "恢复 {who}（SIGCONT）" }
    PARTITION "fault.partition" { "the network falls apart: {groups}", "网络分区：{groups}" }
    GROUP "fault.group" { "[{nodes}]", "［{nodes}］" }
    CUT "fault.cut" { "the path {link} is cut", "切断 {link}" }
    SWALLOW "fault.swallow" { "what is sent {link} is lost", "丢弃 {link} 上发送的数据" }
    REJECT "fault.reject" { "new connections {link} are refused", "拒绝 {link} 的新连接" }
    HEAL "fault.heal" { "the path {link} is whole again", "恢复 {link}" }
    SLOW_LINK "fault.latency" { "messages {link} take {span}", "{link} 的消息耗时改为 {span}" }
    USUAL_LINK "fault.latency-usual" {
        "messages {link} take their usual time again",
        "{link} 的消息恢复平常的耗时"
    }
    RESET_LINK "fault.reset" { "connections {link} are reset", "重置 {link} 的连接" }
    LINK "fault.link" { "from {from} to {to}{port}", "{from} 到 {to}{port}" }
    ON_PORT "fault.on-port" { " ({port} port)", "（{port} 端口）" }
    ANYWHERE "fault.anywhere" { "anywhere", "任意节点" }
    NOTHING "fault.nothing" { "", "" }
    MESSAGE "fault.message" {
        "{kind} number {nth} from {from} to {to} on the {port} port is {act}",
        "{from} 到 {to} 的第 {nth} 个 {kind}（{port} 端口）{act}"
    }
    HELD "fault.held" { "held back", "被扣住" }
    LET_GO "fault.delivered" { "delivered at once", "立即送达" }
    DROPPED "fault.dropped" { "lost", "丢失" }
    DUPLICATED "fault.duplicated" { "delivered twice", "送达两次" }
    REORDERED "fault.reordered" { "overtaken by the next", "被后一个超过" }
    DISK_WORKS "fault.disk-works" { "the disk of {who} works as usual again", "{who} 的磁盘恢复正常" }
    DISK_SLOW "fault.disk-slow" { "each sync of {who}'s disk takes {span}", "{who} 每次落盘耗时 {span}" }
    DISK_STALLS "fault.disk-stalls" {
        "the disk of {who} stalls: no sync returns",
        "{who} 的磁盘卡住：落盘不返回"
    }
    DISK_FULL "fault.disk-full" {
        "only {bytes} more bytes fit on the disk of {who}",
        "{who} 的磁盘只剩 {bytes} 字节"
    }
    DISK_FAILS "fault.disk-fails" { "the disk of {who} fails", "{who} 的磁盘出错" }
    DISK_TEARS "fault.disk-tears" {
        "at the next power loss the last write of {who} is torn",
        "下次断电时 {who} 的最后一次写入只落下一半"
    }
    WIPED "fault.wiped" { "the disk of {who} is wiped", "清空 {who} 的磁盘" }
    WALL_JUMP "fault.wall-jump" {
        "the wall clock of host {host} jumps by {span}",
        "主机 {host} 的日期时钟跳变 {span}"
    }
    DRIFT "fault.drift" {
        "the clocks of host {host} run {ppm} ppm fast",
        "主机 {host} 的时钟快 {ppm} ppm"
    }
    SLOW_LANE "fault.slow-lane" {
        "hand-overs between threads of {who} take {span}",
        "{who} 的线程间交接耗时 {span}"
    }
    USUAL_LANE "fault.slow-lane-usual" {
        "hand-overs between threads of {who} take their usual time again",
        "{who} 的线程间交接恢复平常的耗时"
    }
    FIXED "latency.fixed" { "{span}", "{span}" }
    UNIFORM "latency.uniform" { "{min} to {max}", "{min} 到 {max}" }
    SPREAD "latency.spread" { "at least {min}, {mean} more on average", "至少 {min}，平均再加 {mean}" }
}
