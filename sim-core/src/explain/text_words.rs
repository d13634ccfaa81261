//! Words and phrases that sentences use: phases, reasons, kinds.

use crate::explain::text::texts;

texts! {
    NOBODY "nobody" { "nobody", "无" }

    // ---- phases ----
    ELECTION "phase.election" { "election", "选举" }
    DISCOVERY "phase.discovery" { "discovery", "发现" }
    SYNCHRONIZATION "phase.synchronization" { "synchronisation", "同步" }
    BROADCAST "phase.broadcast" { "broadcast", "广播" }

    // ---- what decided a comparison ----
    EPOCH "word.epoch" { "epoch", "epoch" }
    ZXID "word.zxid" { "zxid", "zxid" }
    SID "word.sid" { "sid", "sid" }
    WEIGHT "word.weight" { "weight", "权重" }

    // ---- why a server gave up ----
    EPOCH_WAIT "why.epoch-wait" {
        "no quorum told its epoch within initLimit",
        "在 initLimit 内没有过半服务器报来 epoch"
    }
    ACK_EPOCH_WAIT "why.ack-epoch-wait" {
        "no quorum acknowledged the epoch within initLimit",
        "在 initLimit 内没有过半服务器确认 epoch"
    }
    NEW_LEADER_WAIT "why.new-leader-wait" {
        "no quorum acknowledged NEWLEADER within initLimit",
        "在 initLimit 内没有过半服务器确认 NEWLEADER"
    }
    NO_QUORUM "why.no-quorum" {
        "no quorum of followers answered within syncLimit",
        "在 syncLimit 内没有过半 Follower 应答"
    }
    FOLLOWER_AHEAD "why.follower-ahead" {
        "a follower's history is ahead of its own",
        "有 Follower 的历史超前于它"
    }
    CANNOT_CONNECT "why.cannot-connect" {
        "it could not connect to its leader",
        "连不上 Leader"
    }
    CONNECTION_LOST "why.connection-lost" {
        "the connection to its leader ended",
        "与 Leader 的连接断开"
    }
    READ_TIMEOUT "why.read-timeout" {
        "nothing came from its leader for too long",
        "太久没有收到 Leader 的消息"
    }
    LOWER_EPOCH "why.lower-epoch" {
        "the leader's epoch is lower than its acceptedEpoch",
        "Leader 的 epoch 低于自己的 acceptedEpoch"
    }
    BAD_PACKET "why.bad-packet" {
        "a packet came that does not fit the phase",
        "收到不合当前阶段的报文"
    }
    DISK_FAILED "why.disk-failed" { "its disk failed", "磁盘出错" }
    COUNTER_RAN_OUT "why.counter-ran-out" {
        "the 32-bit counter of its zxids ran out",
        "zxid 的 32 位计数器用尽"
    }
    LEADER_GONE "why.leader-gone" { "its leader shut down", "Leader 已停止工作" }
    VOTER_LOOKS_AGAIN "why.voter-looks-again" {
        "a voter looks for a leader again, and the epoch is overdue",
        "有投票者重新寻找 Leader，而纪元已等得过久"
    }
    FROM_OUTSIDE "why.from-outside" { "it was made to from outside", "被外部强制" }

    // ---- why a leader lost a learner ----
    LOST_CONNECTION "lost.connection" { "the connection ended", "连接断开" }
    LOST_READ_TIMEOUT "lost.read-timeout" {
        "nothing came from it for too long",
        "太久没有收到它的消息"
    }
    LOST_PROPOSAL_TIMEOUT "lost.proposal-timeout" {
        "it left a proposal without acknowledgement for syncLimit",
        "有提案超过 syncLimit 仍未确认"
    }
    LOST_AHEAD "lost.ahead" {
        "its history is ahead of the leader's",
        "它的历史超前于 Leader"
    }
    LOST_NOT_NEW_LEADER_ACK "lost.not-new-leader-ack" {
        "it did not acknowledge NEWLEADER when that was due",
        "该确认 NEWLEADER 时没有确认"
    }
    LOST_REPLACED "lost.replaced" { "it connected again", "它重新连接了" }
    LOST_LEADER_GONE "lost.leader-gone" { "the leader gave up", "Leader 已放弃" }
    LOST_WAIT_TIMEOUT "lost.wait-timeout" {
        "no quorum came together within initLimit",
        "initLimit 内未凑齐过半数"
    }
    LOST_BAD_PACKET "lost.bad-packet" {
        "it sent a packet that does not fit the phase",
        "它发来了与当前阶段不符的数据包"
    }
    LOST_DISK_FAILED "lost.disk-failed" {
        "the leader could not write the new epoch",
        "Leader 无法写入新的 epoch"
    }

    // ---- what transactions and operations do ----
    DO_CREATE "do.create" { "create {path}", "创建 {path}" }
    DO_CREATE_EPHEMERAL "do.create-ephemeral" {
        "create the ephemeral {path}",
        "创建临时节点 {path}"
    }
    DO_CREATE_SEQUENTIAL "do.create-sequential" {
        "create a sequential {path}",
        "创建顺序节点 {path}"
    }
    DO_CREATE_EPHEMERAL_SEQUENTIAL "do.create-ephemeral-sequential" {
        "create an ephemeral sequential {path}",
        "创建临时顺序节点 {path}"
    }
    DO_CREATE_CONTAINER "do.create-container" {
        "create the container {path}",
        "创建容器节点 {path}"
    }
    DO_CREATE_TTL "do.create-ttl" {
        "create {path} with a time to live of {ttl} ms",
        "创建 {path}，存活时间 {ttl} 毫秒"
    }
    DO_CREATE_SEQUENTIAL_TTL "do.create-sequential-ttl" {
        "create a sequential {path} with a time to live of {ttl} ms",
        "创建顺序节点 {path}，存活时间 {ttl} 毫秒"
    }
    DO_DELETE_EMPTY "do.delete-empty" {
        "delete {path}, whose time is over",
        "删除已到期的 {path}"
    }
    DO_SET_ACL "do.set-acl" { "set the ACL of {path}", "修改 {path} 的 ACL" }
    DO_GET_ACL "do.get-acl" { "read the ACL of {path}", "读取 {path} 的 ACL" }
    DO_MULTI_READ "do.multi-read" { "at once {parts}", "一次读取：{parts}" }
    DO_EPHEMERALS "do.ephemerals" {
        "list its own ephemeral nodes below {path}",
        "列出自己在 {path} 下的临时节点"
    }
    DO_COUNT "do.count" { "count the nodes below {path}", "统计 {path} 下的节点数" }
    DO_WHO "do.who" { "ask who the server takes it for", "查询服务器认定的身份" }
    DO_AUTH "do.auth" { "prove who it is ({scheme})", "认证身份（{scheme}）" }
    DO_RECONFIG "do.reconfig" { "change the membership", "变更集群成员" }
    DO_SET_WATCHES "do.set-watches" { "set its watches again", "重新注册 Watcher" }
    DO_ADD_WATCH "do.add-watch" { "watch {path} for good", "持久监听 {path}" }
    DO_REMOVE_WATCHES "do.remove-watches" {
        "take back its watches on {path}",
        "移除自己在 {path} 上的 Watcher"
    }
    DO_CHECK_WATCHES "do.check-watches" {
        "ask whether it watches {path}",
        "查询自己是否监听 {path}"
    }
    DO_UNKNOWN "do.unknown" { "a request of type {kind}", "类型为 {kind} 的请求" }
    DO_DELETE "do.delete" { "delete {path}", "删除 {path}" }
    DO_SET "do.set" { "set the data of {path}", "修改 {path} 的数据" }
    DO_CHECK "do.check" { "check version {version} of {path}", "检查 {path} 的版本是否为 {version}" }
    DO_MULTI "do.multi" { "all or nothing of {parts}", "要么全做要么不做：{parts}" }
    DO_OPEN "do.open" { "open a session with timeout {timeout} ms", "打开会话，超时 {timeout} 毫秒" }
    DO_CLOSE "do.close" { "close the session {session}", "关闭会话 {session}" }
    DO_CLOSE_OWN "do.close-own" { "close its session", "关闭自己的会话" }
    DO_FAIL "do.fail" { "a write that failed with {error}", "失败的写操作（{error}）" }
    DO_GET "do.get" { "read {path}", "读取 {path}" }
    DO_EXISTS "do.exists" { "ask whether {path} exists", "查询 {path} 是否存在" }
    DO_CHILDREN "do.children" { "list the children of {path}", "列出 {path} 的子节点" }
    DO_SYNC "do.sync" { "wait until the server has caught up (sync)", "等待服务器追上（sync）" }
    DO_PING "do.ping" { "ping", "心跳" }

    // ---- results ----
    GOT_DONE "got.done" { "done", "成功" }
    GOT_PATH "got.path" { "created {path}", "已创建 {path}" }
    GOT_STAT "got.stat" { "version {version}, mzxid {mzxid}", "版本 {version}，mzxid {mzxid}" }
    GOT_DATA "got.data" {
        "{bytes} {bytes|byte|bytes} of version {version}, mzxid {mzxid}",
        "{bytes} 字节，版本 {version}，mzxid {mzxid}"
    }
    GOT_CHILDREN "got.children" { "{n} {n|child|children}", "{n} 个子节点" }
    GOT_ACL "got.acl" {
        "{n} {n|entry|entries} of ACL version {version}",
        "{n} 条权限，ACL 版本 {version}"
    }
    GOT_NUMBER "got.number" { "{n}", "{n}" }
    GOT_IDENTITIES "got.identities" { "{n} {n|identity|identities}", "{n} 个身份" }
    GOT_MULTI "got.multi" { "{n} {n|result|results}", "{n} 个结果" }
    GOT_ERROR "got.error" { "{error}", "{error}" }
}
