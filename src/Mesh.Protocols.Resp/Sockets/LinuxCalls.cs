using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mesh.Protocols.Resp.Sockets;

/// <summary>The system calls of an event loop (epoll(7), eventfd(2), recv(2), send(2)).</summary>
internal static unsafe partial class LinuxCalls
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint PeerHangUp = 0x2000;
    public const uint EdgeTriggered = 0x8000_0000;

    public const int Add = 1;
    public const int Remove = 2;

    public const int Again = 11;
    public const int Interrupted = 4;

    /// <summary>MSG_DONTWAIT and MSG_NOSIGNAL.</summary>
    public const int SocketFlags = 0x40 | 0x4000;

    /// <summary>EPOLL_CLOEXEC and EFD_CLOEXEC.</summary>
    public const int CloseOnExec = 0x8_0000;

    /// <summary>EFD_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, void* polled);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, SafeSocketHandle descriptor, void* polled);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* polled, int max, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeSocketHandle descriptor, void* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeSocketHandle descriptor, void* bytes, nint count, int flags);
}
