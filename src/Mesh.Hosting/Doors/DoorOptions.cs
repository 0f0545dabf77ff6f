using Mesh.Hosting.Options;
using Mesh.Protocols.Http.Rse;
using Mesh.Protocols.Http.Zaqar;
using Mesh.Protocols.Resp.Nodes;
using Mesh.Topics;

namespace Mesh.Hosting.Doors;

/// <summary>What can be set of a process that has doors.</summary>
public abstract record DoorOptions : ProcessOptions
{
    private const string AddressForm = "port | host:port | off";

    /// <summary>Zaqar at <c>/v1</c>, <c>/v1.1</c>, <c>/v2</c> and <c>/</c>, RSE under <c>/rse/</c>, health and metrics. Default 8080 on loopback; null is off.</summary>
    public ListenAddress? Http { get; init; } = ListenAddress.OnLoopback(8080);

    /// <summary>RSE at the root. Default 8000 on loopback; null is off.</summary>
    public ListenAddress? Rse { get; init; } = ListenAddress.OnLoopback(8000);

    /// <summary>protobus over gRPC. Default 42000 on loopback; null is off.</summary>
    public ListenAddress? Grpc { get; init; } = ListenAddress.OnLoopback(42000);

    /// <summary>Redis protocol. Default 6379 on loopback; null is off.</summary>
    public ListenAddress? Resp { get; init; } = ListenAddress.OnLoopback(6379);

    /// <summary>Where clients of rooms reach the RESP door of this process. Default null: where it listens.</summary>
    public AdvertisedAddress? RespAdvertise { get; init; }

    /// <summary>Whether clients of rooms that are assigned to other processes are sent there. Default off.</summary>
    public RespRedirect ClusterRedirect { get; init; }

    /// <summary>How strict RSE is at each of its listeners. Default null: see <see cref="RseModeAt"/>.</summary>
    public RseModes? RseModes { get; init; }

    /// <summary>Where RSE's valid tokens are. Default null: in live mode no token is valid, in test mode none is looked at.</summary>
    public TokenSource? RseTokens { get; init; }

    /// <summary>Put before a token to make its key. Default empty.</summary>
    public string RseTokenPrefix { get; init; } = "";

    /// <summary>A token's key of so many characters or more is hashed. Default 250; 1 to 250.</summary>
    public int RseTokenHashedFrom { get; init; } = RseOptions.TokenCharsUnhashed;

    /// <summary>rotera's own protocol. Default 8245 on loopback; null is off.</summary>
    public ListenAddress? Rotera { get; init; } = ListenAddress.OnLoopback(8245);

    /// <summary>The first push of rotera to an unknown number makes its ring. Default true.</summary>
    public bool RoteraCreates { get; init; } = true;

    /// <summary>How long RSE events can be read. Default 120 s; 1 s to 30 days.</summary>
    public TimeSpan RseTtl { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>RSE requests that wait for events at once. Default 20,000; 0 to 1,000,000.</summary>
    public int RseWaitsMax { get; init; } = 20_000;

    /// <summary>Origins whose pages may ask RSE from within a browser, <c>*</c> for any. Default null: none.</summary>
    public string? RseCors { get; init; }

    /// <summary>Zaqar over WebSocket on a port of its own; HTTP's port takes it too. Default 9000 on loopback; null is off.</summary>
    public ListenAddress? ZaqarWs { get; init; } = ListenAddress.OnLoopback(9000);

    /// <summary>Set by the user; null follows the listeners, see <see cref="WebhooksMayBePrivate"/>.</summary>
    public bool? ZaqarPrivateWebhooks { get; init; }

    /// <summary>Zaqar's subscribers must confirm before they are told of messages. Default false.</summary>
    public bool ZaqarConfirmation { get; init; }

    /// <summary>Set by the user; null follows the listeners, see <see cref="PoolsAreOpen"/>.</summary>
    public bool? ZaqarPools { get; init; }

    /// <summary>How Zaqar mails to mailto subscribers.</summary>
    public MailSettings ZaqarMail { get; init; } = new();

    /// <summary>Keys under which Zaqar's queues encrypt their messages: the first seals, all of them open. Default null: no queue encrypts.</summary>
    public SecretKeys? ZaqarMessageKeys { get; init; }

    /// <summary>Zaqar shows messages with a checksum of their bodies. Default false.</summary>
    public bool ZaqarChecksums { get; init; }

    /// <summary>Largest gRPC message taken, in bytes. Default 4 MiB; 1 KiB to 16 MiB.</summary>
    public int GrpcMessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>File of gRPC's certificate, in the form PEM; null for clear text. Needs <see cref="GrpcTlsKey"/>.</summary>
    public string? GrpcTlsCertificate { get; init; }

    /// <summary>File of its private key, in the form PEM.</summary>
    public string? GrpcTlsKey { get; init; }

    /// <summary>A quiet HTTP/2 connection is pinged after so long, and closed when it does not answer. Default 30 s; 1 s to 1 day, null never.</summary>
    public TimeSpan? GrpcKeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a subscriber may take nothing, before its call ends. Default 5 minutes; 1 s to 1 day.</summary>
    public TimeSpan GrpcStallMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Which topics go to which partition. Default none: all go to one.</summary>
    public IReadOnlyList<PartitionRule> Partitions { get; init; } = [];

    /// <summary>What partitions keep. Default none: everything.</summary>
    public IReadOnlyList<PartitionKeep> PartitionKeeps { get; init; } = [];

    /// <summary>Connections that each door holds at once; more are closed at once. Default 10,000; 1 to 1,000,000.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>How strict RSE is at a listener: as the user set it, or test on loopback, else live.</summary>
    /// <param name="door"><see cref="DoorKind.Rse"/> or <see cref="DoorKind.Http"/>.</param>
    public RseMode RseModeAt(DoorKind door)
    {
        var (set, address) = door == DoorKind.Rse ? (RseModes?.Rse, Rse) : (RseModes?.Http, Http);
        return set ?? (Beyond(address) ? RseMode.Live : RseMode.Test);
    }

    /// <summary>
    /// Zaqar's webhooks may be at loopback, link-local and private addresses: what the user set, or else as long as every listener is on loopback. Whoever
    /// asks then is on this machine and reaches as much without us; a host that others reach must not call for them what only it can.
    /// </summary>
    public bool WebhooksMayBePrivate => ZaqarPrivateWebhooks ?? IsOfThisMachine;

    /// <summary>
    /// Zaqar's admins may see and change pools: what the user set, or else as long as every listener is on loopback. Whoever says so is an admin, and a pool's uri makes
    /// this process open files and connect to databases.
    /// </summary>
    public bool PoolsAreOpen => ZaqarPools ?? IsOfThisMachine;

    private bool IsOfThisMachine => !Listeners.Any(each => Beyond(each.Address));

    /// <summary>The doors' addresses by the option that sets each.</summary>
    public IEnumerable<(string Option, ListenAddress? Address)> Listeners =>
        [("--http", Http), ("--rse", Rse), ("--grpc", Grpc), ("--resp", Resp), ("--rotera", Rotera), ("--zaqar-ws", ZaqarWs)];

    /// <summary>The options of the command line that set where the doors are.</summary>
    public static IReadOnlyList<Option<T>> AddressesOf<T>()
        where T : DoorOptions =>
    [
        new("http", AddressForm, "8080", "HTTP: Zaqar at /v1, /v1.1, /v2 and /, RSE under /rse/, mesh.v1 under /mesh/v1/ (try it at /openapi/), /healthz/live, /healthz/ready, /metrics",
            (options, text) => options with { Http = ListenAddress.Parse(text) }),
        new("rse", AddressForm, "8000", "RSE at the root",
            (options, text) => options with { Rse = ListenAddress.Parse(text) }),
        new("grpc", AddressForm, "42000", "gRPC: protobus and mesh.v1",
            (options, text) => options with { Grpc = ListenAddress.Parse(text) }),
        new("resp", AddressForm, "6379", "RESP: Redis pub/sub and streams",
            (options, text) => options with { Resp = ListenAddress.Parse(text) }),
        new("rotera", AddressForm, "8245", "rotera's own protocol",
            (options, text) => options with { Rotera = ListenAddress.Parse(text) }),
        new("zaqar-ws", AddressForm, "9000", "Zaqar over WebSocket; HTTP's port takes it too, at /",
            (options, text) => options with { ZaqarWs = ListenAddress.Parse(text) }),
    ];

    /// <summary>Those that set how they behave.</summary>
    public static IReadOnlyList<Option<T>> BoundsOf<T>()
        where T : DoorOptions =>
    [
        new("rse-mode", RseModes.Form, "test on loopback, else live", "how strict RSE is, at both its listeners or at each; test: tokens are optional, GET /all shows every event",
            (options, text) => options with { RseModes = RseModes.Parse(text) }),
        new("rse-tokens", TokenSource.Form, "off", "which X-Auth-Tokens are valid: lines of a file, or entries of memcached; off: in live mode none is",
            (options, text) => options with { RseTokens = TokenSource.Parse(text) }),
        new("resp-advertise", "host | host:port | off", "off", "where clients of rooms reach the RESP door of this process; off: where it listens",
            (options, text) => options with { RespAdvertise = OptionText.UnlessOff(text) is { } at ? AdvertisedAddress.Parse(at) : null }),
        new("cluster-redirect", "off | on | all", "off", "clients of rooms assigned to other processes are sent there by -MOVED; on: those of shard channels, as Redis Cluster does; all: those of plain channels too",
            (options, text) => options with { ClusterRedirect = OptionText.Word<RespRedirect>(text) }),
        new("rse-token-prefix", "text", "", "put before a token to make its key in --rse-tokens",
            (options, text) => options with { RseTokenPrefix = text }),
        new("rse-token-hashed-from", "characters", "250", "a key of so many characters or more is its SHA-512, in upper-case hexadecimal pairs joined by dashes; 1 to 250",
            (options, text) => options with { RseTokenHashedFrom = OptionText.Number(text, 1, RseOptions.TokenCharsUnhashed) }),
        new("rse-ttl", "seconds", "120", "how long RSE events can be read; 1 to 2592000",
            (options, text) => options with { RseTtl = TimeSpan.FromSeconds(OptionText.Number(text, 1, 2_592_000)) }),
        new("rse-waits-max", "count", "20000", "RSE requests that wait for events at once, by ?wait= or as a stream; 0 to 1000000",
            (options, text) => options with { RseWaitsMax = OptionText.Number(text, 0, 1_000_000) }),
        new("rse-cors", "origin,… | * | off", "off", "origins whose pages may ask RSE from within a browser, such as https://example.org",
            (options, text) => options with { RseCors = OptionText.Origins(text) }),
        new("zaqar-private-webhooks", "on | off", "on while every listener is on loopback, else off", "Zaqar may call webhooks at loopback, link-local and private addresses",
            (options, text) => options with { ZaqarPrivateWebhooks = OptionText.Switch(text) }),
        new("zaqar-confirmation", "on | off", "off", "Zaqar's subscribers must confirm before they are told of messages",
            (options, text) => options with { ZaqarConfirmation = OptionText.Switch(text) }),
        new("zaqar-pools", "on | off", "on while every listener is on loopback, else off", "whoever sends X-Roles: admin may see and change the stores over which queues are spread",
            (options, text) => options with { ZaqarPools = OptionText.Switch(text) }),
        .. MailSettings.Of<T>((options, change) => options with { ZaqarMail = change(options.ZaqarMail) }),
        new("zaqar-message-keys", Secret.Form, "off", "where the keys are for Zaqar's queues that encrypt their messages: 32 bytes each in base64, joined by commas; the first encrypts, all decrypt",
            (options, text) => options with { ZaqarMessageKeys = SecretKeys.Parse(text, ZaqarOptions.MessageKeyBytes) }, IsSecret: true),
        new("zaqar-checksums", "on | off", "off", "Zaqar shows messages with a checksum of their bodies",
            (options, text) => options with { ZaqarChecksums = OptionText.Switch(text) }),
        new("rotera-create", "on | off", "on", "the first push of rotera to an unknown number makes its ring; off closes the connection",
            (options, text) => options with { RoteraCreates = OptionText.Switch(text) }),
        new("grpc-message-bytes-max", "bytes", "4194304", "largest gRPC message taken; 1024 to 16777216",
            (options, text) => options with { GrpcMessageBytesMax = OptionText.Number(text, 1024, 16 * 1024 * 1024) }),
        new("grpc-tls-cert", "file | off", "off", "certificate of the gRPC listener, PEM; without one it is clear text",
            (options, text) => options with { GrpcTlsCertificate = OptionText.UnlessOff(text) }),
        new("grpc-tls-key", "file | off", "off", "private key of that certificate, PEM",
            (options, text) => options with { GrpcTlsKey = OptionText.UnlessOff(text) }),
        new("grpc-keep-alive", "seconds | off", "30", "a gRPC connection that is quiet for so long is pinged, and closed when it does not answer; 1 to 86400",
            (options, text) => options with { GrpcKeepAlive = text == "off" ? null : TimeSpan.FromSeconds(OptionText.Number(text, 1, 86_400)) }),
        new("grpc-stall-max", "seconds", "300", "how long a gRPC subscriber may take nothing of what is sent to it, before its call ends with where to go on; 1 to 86400",
            (options, text) => options with { GrpcStallMax = TimeSpan.FromSeconds(OptionText.Number(text, 1, 86_400)) }),
        new("partition", "prefix:regex", "none", "topics that match the regular expression (Python's, from the start of the topic) go to the partition named by the prefix, {topic} in it "
            + "replaced by the topic; the first rule that matches counts, and what none matches goes to the partition events",
            (options, text) => text == "none" ? options : options with { Partitions = [.. options.Partitions, PartitionRule.Parse(text)] })
        {
            Clear = options => options with { Partitions = [] },
        },
        new("partition-keep", PartitionKeep.Form, "none", "what the partitions of a rule's prefix, or events, keep: age (7d, 12h, 30m, 90s), count, size (bytes, or with K, M, G, T); and "
            + "rotate, a time of the day in UTC or a size at which a new part begins, with keep, how many full parts are kept beside it",
            (options, text) => text == "none" ? options : options with { PartitionKeeps = [.. options.PartitionKeeps, PartitionKeep.Parse(text)] })
        {
            Clear = options => options with { PartitionKeeps = [] },
        },
        new("connections-max", "count", "10000", "connections each door holds at once; 1 to 1000000",
            (options, text) => options with { ConnectionsMax = OptionText.Number(text, 1, 1_000_000) }),
    ];

    /// <exception cref="OptionException">No door is open, or two would open at one address.</exception>
    public static void Check(DoorOptions options)
    {
        var open = options.Listeners.Where(each => each.Address is not null).ToArray();
        if (open.Length == 0) throw new OptionException("--http, --rse, --grpc, --resp, --rotera and --zaqar-ws are all off; open at least one of them.");
        var clash = open.Where(each => each.Address!.Port > 0).GroupBy(each => each.Address).FirstOrDefault(group => group.Count() > 1);
        if (clash is not null)
            throw new OptionException($"{string.Join(" and ", clash.Select(each => each.Option))} both name {clash.Key}; give each a port of its own.");
        CheckPartitions(options);
        _ = TlsFiles.Of(options.GrpcTlsCertificate, options.GrpcTlsKey);
        options.ZaqarMail.Check();
    }

    private static void CheckPartitions(DoorOptions options)
    {
        try
        {
            _ = new TopicHomes(options.Partitions, options.PartitionKeeps);
        }
        catch (ArgumentException wrong)
        {
            throw new OptionException($"--partition-keep: {wrong.Message}");
        }
    }

    private static bool Beyond(ListenAddress? address) => address is { IsLoopback: false };
}
