//! What can go wrong for a client.
//!
//! Follows `KeeperException.Code` of releases 3.5.7 to 3.9.

use serde::{Deserialize, Serialize};

/// Names the codes once: the enum, its numbers, and how the client library calls them.
macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $number:literal $name:literal,)*) => {
        /// A `KeeperException.Code`; the number is the wire's.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[repr(i16)]
        #[allow(missing_docs)]
        pub enum ErrorCode {
            $($(#[$doc])* $code = $number,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$code),*];

            /// Its name in documents and scenario files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(ErrorCode::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    Ok = 0 "Ok",
    SystemError = -1 "SystemError",
    RuntimeInconsistency = -2 "RuntimeInconsistency",
    DataInconsistency = -3 "DataInconsistency",
    ConnectionLoss = -4 "ConnectionLoss",
    MarshallingError = -5 "MarshallingError",
    Unimplemented = -6 "Unimplemented",
    OperationTimeout = -7 "OperationTimeout",
    BadArguments = -8 "BadArguments",
    UnknownSession = -12 "UnknownSession",
    NewConfigNoQuorum = -13 "NewConfigNoQuorum",
    ReconfigInProgress = -14 "ReconfigInProgress",
    ApiError = -100 "APIError",
    NoNode = -101 "NoNode",
    NoAuth = -102 "NoAuth",
    BadVersion = -103 "BadVersion",
    NoChildrenForEphemerals = -108 "NoChildrenForEphemerals",
    NodeExists = -110 "NodeExists",
    NotEmpty = -111 "NotEmpty",
    SessionExpired = -112 "SessionExpired",
    InvalidCallback = -113 "InvalidCallback",
    InvalidAcl = -114 "InvalidACL",
    AuthFailed = -115 "AuthFailed",
    SessionMoved = -118 "SessionMoved",
    NotReadOnly = -119 "NotReadOnly",
    EphemeralOnLocalSession = -120 "EphemeralOnLocalSession",
    NoWatcher = -121 "NoWatcher",
    RequestTimeout = -122 "RequestTimeout",
    ReconfigDisabled = -123 "ReconfigDisabled",
    SessionClosedRequireSaslAuth = -124 "SessionClosedRequireSaslAuth",
    QuotaExceeded = -125 "QuotaExceeded",
    ThrottledOp = -127 "ThrottledOp",
}

impl ErrorCode {
    /// The number on the wire.
    pub const fn code(self) -> i32 {
        self as i32
    }

    /// The code with a number.
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|error| error.code() == code)
    }
}
