using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Mesh.Testing.Mail;

/// <summary>A mail server on loopback, for one test: ESMTP with STARTTLS under a certificate of its own, and AUTH. Each mail waits in line to be looked at.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<ReceivedMail> _mails = Channel.CreateUnbounded<ReceivedMail>();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _sessions = [];
    private readonly List<string> _commands = [];
    private readonly Task _listening;
    private int _refusals;

    public SmtpServer(SmtpServerTerms? terms = null)
    {
        Terms = terms ?? new SmtpServerTerms();
        Certificate = Make();
        _refusals = Terms.RefusesFirst;
        _listener.Start();
        _listening = ListenAsync();
    }

    public SmtpServerTerms Terms { get; }

    /// <summary>For localhost and 127.0.0.1, signed by itself.</summary>
    public X509Certificate2 Certificate { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Commands of all connections so far, as they came; what follows AUTH is left out.</summary>
    public IReadOnlyList<string> Commands
    {
        get
        {
            lock (_commands) return [.. _commands];
        }
    }

    /// <summary>The next mail, which must come.</summary>
    public async Task<ReceivedMail> NextAsync() => await _mails.Reader.ReadAsync().AsTask().WaitAsync(WaitMax);

    /// <summary>True when no mail waits to be looked at.</summary>
    public bool IsEmpty => !_mails.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _listening;
        await Task.WhenAll(_sessions);
        Certificate.Dispose();
        _stop.Dispose();
    }

    internal void Take(ReceivedMail mail) => _mails.Writer.TryWrite(mail);

    internal bool RefusesNow() => Interlocked.Decrement(ref _refusals) >= 0;

    internal void Note(string command)
    {
        lock (_commands) _commands.Add(command);
    }

    private static X509Certificate2 Make()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _sessions.Add(SmtpServerSession.RunAsync(this, client, _stop.Token));
            }
        }
        catch (Exception reason) when (reason is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }
}

/// <summary>How a mail server behaves.</summary>
public sealed record SmtpServerTerms
{
    public bool OffersTls { get; init; } = true;

    /// <summary>Of AUTH, in the order in which they are offered.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    /// <summary>Who may send; null lets everybody.</summary>
    public (string User, string Password)? Account { get; init; }

    /// <summary>So many mails are refused for now before one is taken.</summary>
    public int RefusesFirst { get; init; }

    /// <summary>Sent in the clear behind the answer to STARTTLS, as somebody in between would.</summary>
    public string AfterStartTls { get; init; } = "";
}

/// <summary>A mail as the server has it.</summary>
/// <param name="From">Of the envelope.</param>
/// <param name="To">Of the envelope.</param>
/// <param name="Text">Headers and body, as they came.</param>
/// <param name="IsEncrypted">How it came.</param>
/// <param name="User">Who sent it; null when nobody said.</param>
public sealed record ReceivedMail(string From, string To, string Text, bool IsEncrypted, string? User)
{
    /// <summary>The lines of a header, joined.</summary>
    public string Header(string name)
    {
        var lines = Text.Split("\r\n\r\n")[0].Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        return lines.Single(line => line.StartsWith($"{name}: ", StringComparison.Ordinal))[(name.Length + 2)..];
    }

    /// <summary>Decoded from base64.</summary>
    public string Body() => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(Text.Split("\r\n\r\n")[1]));
}
