using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Mesh.Testing.Mail;

/// <summary>One connection to an <see cref="SmtpServer"/> (RFC 5321, 3207, 4954).</summary>
internal sealed class SmtpServerSession(SmtpServer server, Stream stream)
{
    private Stream _stream = stream;
    private string? _user;
    private string _from = "";
    private string _to = "";

    private bool IsEncrypted => _stream is SslStream;

    public static async Task RunAsync(SmtpServer server, TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                await new SmtpServerSession(server, client.GetStream()).TalkAsync(stop);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or AuthenticationException)
            {
                // The client left, or does not trust the certificate.
            }
        }
    }

    private async Task TalkAsync(CancellationToken stop)
    {
        await SayAsync("220 test ESMTP", stop);
        while (await ReadAsync(stop) is { } line)
        {
            var word = line.Split(' ')[0].ToUpperInvariant();
            server.Note(word == "AUTH" ? string.Join(' ', line.Split(' ').Take(2)) : line);
            if (word == "QUIT")
            {
                await SayAsync("221 bye", stop);
                return;
            }

            await (word switch
            {
                "EHLO" => GreetAsync(stop),
                "STARTTLS" => EncryptAsync(stop),
                "AUTH" => AuthenticateAsync(line.Split(' '), stop),
                "MAIL" => BeginAsync(line, stop),
                "RCPT" => AddressAsync(line, stop),
                "DATA" => TakeAsync(stop),
                _ => SayAsync("502 unknown", stop),
            });
        }
    }

    private async Task GreetAsync(CancellationToken stop)
    {
        var offers = new List<string> { "test", "8BITMIME" };
        if (server.Terms.OffersTls && !IsEncrypted) offers.Add("STARTTLS");
        if (server.Terms.Mechanisms.Count > 0) offers.Add($"AUTH {string.Join(' ', server.Terms.Mechanisms)}");
        for (var i = 0; i < offers.Count; i++) await SayAsync($"250{(i < offers.Count - 1 ? '-' : ' ')}{offers[i]}", stop);
    }

    private async Task EncryptAsync(CancellationToken stop)
    {
        await SayAsync($"220 go ahead{(server.Terms.AfterStartTls.Length > 0 ? "\r\n" : "")}{server.Terms.AfterStartTls}", stop);
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, stop);
        _stream = tls;
    }

    private async Task AuthenticateAsync(string[] words, CancellationToken stop)
    {
        string user, password;
        if (words[1] == "PLAIN")
        {
            var parts = Decode(words[2]).Split('\0');
            (user, password) = (parts[1], parts[2]);
        }
        else
        {
            await SayAsync("334 VXNlcm5hbWU6", stop);
            user = Decode(await ReadAsync(stop) ?? "");
            await SayAsync("334 UGFzc3dvcmQ6", stop);
            password = Decode(await ReadAsync(stop) ?? "");
        }

        var isKnown = server.Terms.Account == (user, password);
        _user = isKnown ? user : null;
        await SayAsync(isKnown ? "235 welcome" : "535 no such account", stop);
    }

    private Task BeginAsync(string line, CancellationToken stop)
    {
        if (server.Terms.Account is not null && _user is null) return SayAsync("530 who are you?", stop);
        _from = Address(line);
        return SayAsync(server.RefusesNow() ? "451 not now" : "250 ok", stop);
    }

    private Task AddressAsync(string line, CancellationToken stop)
    {
        _to = Address(line);
        return SayAsync("250 ok", stop);
    }

    private async Task TakeAsync(CancellationToken stop)
    {
        await SayAsync("354 go on", stop);
        var text = new StringBuilder();
        while (await ReadAsync(stop) is { } line and not ".") text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        server.Take(new ReceivedMail(_from, _to, text.ToString(), IsEncrypted, _user));
        await SayAsync("250 taken", stop);
    }

    private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private async Task SayAsync(string line, CancellationToken stop) => await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), stop);

    /// <summary>A byte at a time: what follows STARTTLS is no line.</summary>
    /// <returns>Null at the end.</returns>
    private async Task<string?> ReadAsync(CancellationToken stop)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, stop) > 0)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }
}
