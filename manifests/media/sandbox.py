"""
Lock a media tool in before it starts: `python -I -S sandbox.py SPEC -- ARGV...`.

Media files are hostile and decoders have bugs, so a decoder gets no network, no files but those it
was given, no other process to look into, and bounded memory, time and disk. This is a program of
its own, because a server with threads may not make these calls between fork and exec. It needs no
package, no privilege and no program besides the kernel:

1. `no_new_privs`: nothing that is executed from here can gain rights.
2. A network namespace of its own (through a user namespace, unless root may do without).
3. No capabilities, save root's right to read and write files of others.
4. Landlock (Linux 5.13): only the files named in SPEC and the system's own libraries exist.
5. A seccomp filter, always: no sockets, no io_uring (which can open them unseen), no ptrace, no
   way out of the process group that is killed at the end.
6. Resource limits; death with the parent.

Layers 2 and 4 are taken where the kernel offers them. The network must be cut by 2 or 5, else
nothing is run: exit status 125 and one line on stderr that begins with `sandbox: `.
"""

import ctypes
import json
import os
import resource
import signal
import stat
import struct
import sys
from collections.abc import Sequence
from typing import Final, NoReturn, TypedDict

REFUSED_STATUS: Final = 125
"""Exit status when the tool was not run, as `env` and `timeout` have it."""
REFUSED_PREFIX: Final = "sandbox: "

_SYSTEM_FILES: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/dev/urandom")
_SINK: Final = "/dev/null"

# <linux/prctl.h>
_PR_SET_PDEATHSIG: Final = 1
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2

# <linux/sched.h>
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000

# <linux/capability.h>
_CAP_VERSION_3: Final = 0x20080522
_CAP_DAC_OVERRIDE: Final = 1
_CAP_DAC_READ_SEARCH: Final = 2
_CAP_LAST: Final = 63

# <linux/landlock.h>; the three numbers are the same on every architecture.
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_ADD_RULE: Final = 445
_LANDLOCK_RESTRICT_SELF: Final = 446
_LANDLOCK_VERSION: Final = 1
_LANDLOCK_RULE_PATH_BENEATH: Final = 1
_FS_EXECUTE: Final = 1 << 0
_FS_WRITE_FILE: Final = 1 << 1
_FS_READ_FILE: Final = 1 << 2
_FS_READ_DIR: Final = 1 << 3
_FS_REMOVE_FILE: Final = 1 << 5
_FS_MAKE_REG: Final = 1 << 8
_FS_TRUNCATE: Final = 1 << 14
_FS_READ: Final = _FS_EXECUTE | _FS_READ_FILE | _FS_READ_DIR
_FS_WRITE: Final = _FS_WRITE_FILE | _FS_REMOVE_FILE | _FS_MAKE_REG | _FS_TRUNCATE
_FS_OF_A_FILE: Final = _FS_EXECUTE | _FS_WRITE_FILE | _FS_READ_FILE | _FS_TRUNCATE
_BITS_AND_BYTES_BY_ABI: Final = {1: (13, 8), 2: (14, 8), 3: (15, 8), 4: (15, 16), 5: (16, 16)}
_BITS_AND_BYTES_NEWEST: Final = (16, 24)
"""How many file rights each version knows, and how long its attributes are."""
_NET_BIND_AND_CONNECT: Final = 0b11
_SCOPE_ABSTRACT_SOCKET_AND_SIGNAL: Final = 0b11

# <linux/audit.h>, <linux/seccomp.h>, <linux/bpf_common.h>
_X86_64: Final = 0xC000003E
_AARCH64: Final = 0xC00000B7
_LOAD_WORD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_KILL_PROCESS: Final = 0x80000000
_REFUSE_WITH_EACCES: Final = 0x00050000 | 13
_X32_NUMBERS: Final = 0x40000000

_DENIED_CALLS: Final = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
}
"""Each call with its number on x86-64 and on AArch64."""
_ARCHITECTURES: Final = {"x86_64": (_X86_64, 0), "aarch64": (_AARCH64, 1)}

_libc: Final = ctypes.CDLL(None, use_errno=True)


class Spec(TypedDict):
    """What the tool may use; the JSON object on the command line."""

    memory_bytes: int
    cpu_s: int
    file_bytes: int
    open_files: int
    parent_pid: int
    strongest: bool
    readable: list[str]
    writable: list[str]


class _Refused(Exception):
    """The kernel did not allow one layer."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Lock this process in, then become the tool."""
    spec: Spec = json.loads(arguments[0])
    argv = list(arguments[2:])
    try:
        lock_in(spec)
        os.execv(argv[0], argv)  # noqa: S606 -- the point of this program: no shell between
    except (_Refused, OSError) as refusal:
        sys.stderr.write(f"{REFUSED_PREFIX}{refusal}\n")
        raise SystemExit(REFUSED_STATUS) from None


def lock_in(spec: Spec) -> None:
    """Apply every layer, in the order in which they do not get into each other's way."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    network_is_cut = spec["strongest"] and _cut_network()
    _drop_capabilities()
    if spec["strongest"]:
        _hide_files(readable=spec["readable"], writable=spec["writable"])
    _limit_resources(spec)
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)  # The tool would inherit the deafness.
    # After unshare, which clears it. Should the parent be gone already, its signal will never come.
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != spec["parent_pid"]:
        raise _Refused("the program that asked for this run has ended")
    try:
        _filter_system_calls()
    except _Refused:
        if not network_is_cut:
            raise


def _prctl(option: int, value: int, third: int = 0) -> None:
    arguments = (ctypes.c_ulong(value), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0))
    if _libc.prctl(option, *arguments) != 0:
        raise _Refused(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _cut_network() -> bool:
    """
    Move into a network namespace without interfaces.

    Root tries without a user namespace first: inside one it could not open files of other owners.
    An ordinary user keeps its own ids inside, so that its files stay its own.
    """
    uid, gid = os.getuid(), os.getgid()
    if uid == 0 and _libc.unshare(_CLONE_NEWNET) == 0:
        return True
    if _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    try:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{uid} {uid} 1")
        _write("/proc/self/gid_map", f"{gid} {gid} 1")
    except OSError as error:
        # Without the maps this process owns nothing any more; there is no way back out.
        raise _Refused(f"the user namespace got no ids: {error}") from None
    return True


def _write(path: str, text: str) -> None:
    # Not by pathlib: importing it would lengthen the start of every tool.
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def _drop_capabilities() -> None:
    """Keep no power of root but to open files of others, which Landlock narrows further."""
    kept = {_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH}
    for capability in range(_CAP_LAST + 1):
        if capability not in kept:
            # Refused to who has no power to drop, and for numbers this kernel does not know.
            _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
    _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAP_VERSION_3, 0))
    data = ctypes.create_string_buffer(24)
    if _libc.capget(header, data) != 0:
        raise _Refused(f"capget: {os.strerror(ctypes.get_errno())}")
    mask = sum(1 << capability for capability in kept)
    _effective, permitted, _inheritable, *_high = struct.unpack("=6I", data.raw[:24])
    data = ctypes.create_string_buffer(
        struct.pack("=6I", permitted & mask, permitted & mask, 0, 0, 0, 0),
    )
    if _libc.capset(header, data) != 0:
        raise _Refused(f"capset: {os.strerror(ctypes.get_errno())}")


def _hide_files(*, readable: Sequence[str], writable: Sequence[str]) -> bool:
    """Make every file unreachable but those named and the system's own; False without Landlock."""
    abi = _libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if abi < 1:
        return False
    bits, size_bytes = _BITS_AND_BYTES_BY_ABI.get(abi, _BITS_AND_BYTES_NEWEST)
    handled = (1 << bits) - 1
    attributes = struct.pack(
        "=QQQ", handled, _NET_BIND_AND_CONNECT, _SCOPE_ABSTRACT_SOCKET_AND_SIGNAL
    )
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(size_bytes), 0)
    if ruleset < 0:
        return False
    for path in (*_SYSTEM_FILES, *readable):
        _allow(ruleset, path, _FS_READ & handled)
    for path in (_SINK, *writable):
        _allow(ruleset, path, (_FS_READ_FILE | _FS_READ_DIR | _FS_WRITE) & handled)
    if _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
        raise _Refused(f"landlock: {os.strerror(ctypes.get_errno())}")
    os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there needs no leave.
    if not stat.S_ISDIR(os.fstat(beneath).st_mode):
        access &= _FS_OF_A_FILE
    rule = struct.pack("=Qi", access, beneath)
    if _libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0) != 0:
        raise _Refused(f"landlock: {path}: {os.strerror(ctypes.get_errno())}")
    os.close(beneath)


def _limit_resources(spec: Spec) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, spec["memory_bytes"]),
        # Soft and hard alike: ffmpeg catches the soft limit's SIGXCPU and ends as if all were well.
        (resource.RLIMIT_CPU, spec["cpu_s"]),
        (resource.RLIMIT_FSIZE, spec["file_bytes"]),
        (resource.RLIMIT_NOFILE, spec["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _filter_system_calls() -> None:
    """Deny the calls that open a network, another process or the kernel's rarer doors."""
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in _ARCHITECTURES:
        raise _Refused(f"no system call filter is known for {sys.platform} on {machine}")
    architecture, column = _ARCHITECTURES[machine]
    program = build_filter(architecture, [numbers[column] for numbers in _DENIED_CALLS.values()])
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: unsigned short, padding, pointer.
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    arguments = (ctypes.c_ulong(_SECCOMP_MODE_FILTER), header, ctypes.c_ulong(0), ctypes.c_ulong(0))
    if _libc.prctl(_PR_SET_SECCOMP, *arguments) != 0:
        raise _Refused(f"seccomp: {os.strerror(ctypes.get_errno())}")


def build_filter(architecture: int, denied: Sequence[int]) -> bytes:
    """
    Write the filter as classic BPF: another architecture is killed, a denied number gets EACCES.

    On x86-64 the x32 numbers (bit 30) are denied too, for they reach the same calls.
    """
    count = len(denied)
    lines = [
        (_LOAD_WORD, 0, 0, 4),  # seccomp_data.arch
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD_WORD, 0, 0, 0),  # seccomp_data.nr
        (_JUMP_IF_AT_LEAST, count + 1, 0, _X32_NUMBERS),
        *((_JUMP_IF_EQUAL, count - at, 0, number) for at, number in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE_WITH_EACCES),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
