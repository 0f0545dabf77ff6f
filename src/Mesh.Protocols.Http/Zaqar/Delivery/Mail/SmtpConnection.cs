using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>
/// One connection to a mail server: commands and their replies (RFC 5321), encrypted by STARTTLS (RFC 3207). By hand, because the framework's own client knows
/// neither AUTH PLAIN nor certificates to trust for one server alone, and ends no mail in time. Not thread-safe.
/// </summary>
internal sealed class SmtpConnection : IDisposable
{
    /// <summary>Longest line of a reply taken, in bytes; RFC 5321 allows 512.</summary>
    private const int LineBytesMax = 4096;

    /// <summary>Lines of one reply taken.</summary>
    private const int LinesMax = 100;

    private readonly TcpClient _tcp;
    private readonly byte[] _buffer = new byte[LineBytesMax];
    private Stream _stream;
    private int _from;
    private int _to;

    private SmtpConnection(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = tcp.GetStream();
    }

    public bool IsEncrypted => _stream is SslStream;

    /// <summary>Connects and takes the greeting.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="SmtpException">The server does not want us.</exception>
    public static async Task<SmtpConnection> OpenAsync(string host, int port, CancellationToken cancel)
    {
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            var connection = new SmtpConnection(tcp);
            await connection.ExpectAsync("the connection", 220, cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Introduces us by our address, which is a name that every server takes.</summary>
    /// <returns>What the server offers, a line each, in capitals.</returns>
    public async Task<IReadOnlyList<string>> GreetAsync(CancellationToken cancel)
    {
        var address = ((System.Net.IPEndPoint)_tcp.Client.LocalEndPoint!).Address;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var name = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
        return [.. (await CommandAsync($"EHLO {name}", "EHLO", 250, cancel).ConfigureAwait(false)).Skip(1).Select(line => line.ToUpperInvariant())];
    }

    /// <summary>Encrypts the connection from here on; whatever the server said before does not count any more.</summary>
    /// <param name="host">Whom the server's certificate must name.</param>
    /// <param name="authorities">Trusted in place of the system's; null trusts those.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="AuthenticationException">The certificate is not good.</exception>
    public async Task EncryptAsync(string host, X509Certificate2Collection? authorities, CancellationToken cancel)
    {
        await CommandAsync("STARTTLS", "STARTTLS", 220, cancel).ConfigureAwait(false);
        if (_from < _to) throw new SmtpException("it went on talking in the clear after STARTTLS, as somebody in between would");
        var tls = new SslStream(_stream);
        _stream = tls;
        var terms = new SslClientAuthenticationOptions { TargetHost = host };
        if (authorities is not null)
        {
            terms.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            terms.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        await tls.AuthenticateAsClientAsync(terms, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a line and takes the reply.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="what">Names the command in an error; never a secret.</param>
    /// <param name="code">The reply's code that lets us go on.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The reply's lines, without their codes.</returns>
    /// <exception cref="SmtpException">The reply has another code.</exception>
    public async Task<IReadOnlyList<string>> CommandAsync(string line, string what, int code, CancellationToken cancel)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), cancel).ConfigureAwait(false);
        return await ExpectAsync(what, code, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a mail's text, which ends with a line of one dot, and takes the reply.</summary>
    public async Task SendTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        await CommandAsync("DATA", "DATA", 354, cancel).ConfigureAwait(false);
        await _stream.WriteAsync(text, cancel).ConfigureAwait(false);
        await ExpectAsync("the mail", 250, cancel).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private async Task<IReadOnlyList<string>> ExpectAsync(string what, int code, CancellationToken cancel)
    {
        var lines = new List<string>();
        while (lines.Count < LinesMax)
        {
            var line = await ReadLineAsync(cancel).ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var got)) break;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-') continue;
            return got == code ? lines : throw new SmtpException($"it answered {what} with {got} {string.Join(' ', lines)}");
        }

        throw new SmtpException($"what it answered to {what} is no SMTP");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var end = Array.IndexOf(_buffer, (byte)'\n', _from, _to - _from);
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _from, end - _from).TrimEnd('\r');
                _from = end + 1;
                return line;
            }

            Array.Copy(_buffer, _from, _buffer, 0, _to - _from);
            (_from, _to) = (0, _to - _from);
            if (_to == _buffer.Length) throw new SmtpException("a line of its reply is too long");
            var read = await _stream.ReadAsync(_buffer.AsMemory(_to), cancel).ConfigureAwait(false);
            if (read == 0) throw new SmtpException("it closed the connection");
            _to += read;
        }
    }
}
