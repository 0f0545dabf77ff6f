using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mesh.Testing;

namespace Mesh.Protocols.Resp.Tests.Parity;

/// <summary>The door beside a real redis-server: the same bytes sent, the same bytes answered.</summary>
public abstract class RedisParityContract(Func<Task<RespDoor>> open, RedisBeside redis) : DoorContract<RespDoor>(open), IClassFixture<RedisBeside>
{
    private const string Four = "DEL s;DEL t;XADD s 1-1 a 1;XADD s 1-2 b 2;XADD s 2-0 c 3;XADD s 5-5 d 4";

    /// <summary>Commands, a semicolon between them.</summary>
    public static TheoryData<string> Sessions { get; } = [.. """
        PING;PING a;PING a b;ECHO;ECHO a;ECHO a b;FOO;FOO a b;foo;pInG
        SELECT 0;SELECT x;SELECT -1;SELECT;SELECT 16
        AUTH x;AUTH default x;AUTH bob x;AUTH a b c;AUTH
        HELLO 2 AUTH bob x;HELLO 4;HELLO x;HELLO 2 FOO;HELLO 2 SETNAME;HELLO 2 AUTH a
        CLIENT;CLIENT FOO;CLIENT SETNAME;CLIENT SETNAME a b;CLIENT SETNAME a;CLIENT GETNAME x;CLIENT GETNAME;CLIENT ID x;CLIENT NO-EVICT foo;CLIENT NO-EVICT on
        CLIENT SETNAME a;CLIENT GETNAME;RESET;CLIENT GETNAME;RESET x
        COMMAND FOO;COMMAND INFO nope;COMMAND COUNT x;CONFIG;CONFIG GET;CONFIG GET nope;TIME x
        PUBLISH;PUBLISH a;PUBLISH a b c;PUBLISH a b
        PUBSUB;PUBSUB FOO;PUBSUB CHANNELS;PUBSUB NUMSUB;PUBSUB NUMPAT;PUBSUB NUMPAT x;PUBSUB NUMSUB a b
        SUBSCRIBE;PSUBSCRIBE;UNSUBSCRIBE q;UNSUBSCRIBE;PUNSUBSCRIBE
        SUBSCRIBE a;NOPE;ECHO;ECHO x;XADD s * a;XADD s * a b;PING;PING x;PING a b;HELLO 2
        SUBSCRIBE a b a;UNSUBSCRIBE a zz;PSUBSCRIBE p*;UNSUBSCRIBE b;PUNSUBSCRIBE;UNSUBSCRIBE;PUNSUBSCRIBE;PING
        SUBSCRIBE a;RESET;PING
        HELLO 3;SUBSCRIBE a;PUBLISH a b;PING;PING x;UNSUBSCRIBE;UNSUBSCRIBE;HELLO 3 AUTH bob x
        XADD;XADD s;XADD s *;XADD s * a;XADD s * a b c
        XADD s 1-1 a b;XADD s 5-5 a b;XADD s 5-6 a b;XADD s 5-* a b;XADD s 4-* a b;XADD s 5 a b;XADD s 6 a b;XADD s 7-* a b
        XADD t 0-0 a b;XADD t 0 a b;XADD t 0-* a b;XADD t 0-* a b
        XADD s x a b;XADD s 1-x a b;XADD s - a b;XADD s + a b;XADD s $ a b;XADD s 1- a b;XADD s -1 a b;XADD s 1-1-1 a b;XADD s 18446744073709551616-0 a b
        XADD s 18446744073709551615-18446744073709551615 a b;XADD s * a b;XADD s 18446744073709551615-* a b;XADD s 9-9 a b;XLEN s
        XADD s MAXLEN;XADD s MAXLEN 1;XADD s MAXLEN 1 *;XADD s MAXLEN 1 * a;XADD s MAXLEN x * a b;XADD s MAXLEN -1 * a b;XADD s MAXLEN 01 * a b;XADD s MAXLEN +1 * a b
        XADD s MAXLEN = 2 9-9 a b;XRANGE s - +;XADD s MAXLEN 0 9-10 a b;XLEN s;EXISTS s;TYPE s;XADD s 9-10 a b
        XADD s MAXLEN ~ 1 LIMIT -1 * a b;XADD s MAXLEN ~ 1 LIMIT x * a b;XADD s MAXLEN 1 LIMIT 1 * a b;XADD s LIMIT 1 * a b
        XADD s MINID x * a b;XADD s MINID 2 9-9 a b;XRANGE s - +;XADD s MINID = (2 10-0 a b;XADD s MAXLEN 1 MINID 2 * a b;XADD s MAXLEN 1 MAXLEN 2 10-0 a b
        XADD s FOO 1-1 a b;XADD s MAXLEN 1 LIMIT x 9-9 a b;XADD s LIMIT -1 9-9 a b;XADD s LIMIT 0 9-9 a b;XADD s LIMIT 1 9-9 a b;XADD s LIMIT 1 > a b;XADD s MAXLEN 1 LIMIT 1 MINID 2 9-9 a b;XADD s NOMKSTREAM FOO a b
        XADD s MAXLEN ~ 9-9 a;XADD s MAXLEN ~ 9 9-9 a;XADD s 0-0 a;XADD s x a;XADD s LIMIT 5 MAXLEN ~ 9 9-9 a b;XADD s MAXLEN NOMKSTREAM 9-9 a b;XADD s MINID ~ x LIMIT x 9-9 a b;XADD s LIMIT 1 LIMIT 0 9-9 a b
        XTRIM s LIMIT 1;XTRIM s LIMIT x;XTRIM s LIMIT 0;XTRIM s MAXLEN ~;XTRIM s MAXLEN =;XTRIM s LIMIT 1 MAXLEN 1;XTRIM s MINID ~ x;XTRIM s LIMIT 9 MAXLEN ~ 9;XTRIM s MAXLEN 1 NOMKSTREAM;XTRIM s MAXLEN 1 MINID 1
        XRANGE s x + COUNT x;XRANGE s - (0-0 FOO;XRANGE s (18446744073709551615-18446744073709551615 x COUNT x;XREVRANGE s (- + COUNT x;XREVRANGE s x y FOO;XRANGE s - + COUNT 1 COUNT x
        XADD t NOMKSTREAM * a b;EXISTS t;XADD t NOMKSTREAM 1-1 a b;EXISTS t;XADD s NOMKSTREAM 9-9 a b;XADD s nomkstream maxlen 2 10-0 a b;XLEN s
        XLEN;XLEN s t;XLEN s;XLEN t;DEL;DEL s s t;DEL s;EXISTS;EXISTS s;TYPE s;TYPE;XADD s 1-0 a b;EXISTS s t s;TYPE s
        XRANGE;XRANGE s;XRANGE s -;XRANGE s - + COUNT;XRANGE s - + COUNT x;XRANGE s - + COUNT 0;XRANGE s - + COUNT -1;XRANGE s - + COUNT 2;XRANGE s - + FOO 2
        XRANGE s - + COUNT 2 COUNT 1;XRANGE t - + COUNT 0;XRANGE s + -;XRANGE s 1 1;XRANGE s 1-2 2;XRANGE s (1-1 +;XRANGE s (1 +;XRANGE s - (5-5;XRANGE s - (5
        XRANGE s (- +;XRANGE s ( +;XRANGE s x +;XRANGE s - x;XRANGE s (18446744073709551615-18446744073709551615 +;XRANGE s - (0-0;XRANGE s - (0
        XREVRANGE s + -;XREVRANGE s + - COUNT 1;XREVRANGE s 2 1;XREVRANGE s (5-5 (1-1;XREVRANGE s - +;XREVRANGE s 5 (1;XREVRANGE s (5 -
        XTRIM;XTRIM s;XTRIM s MAXLEN;XTRIM s MAXLEN x;XTRIM s MAXLEN -1;XTRIM s MAXLEN 2;XLEN s;XTRIM s FOO 1;XTRIM s MAXLEN = 1;XTRIM s MAXLEN 1 2;XTRIM t MAXLEN 1
        XTRIM s MINID 2-0;XLEN s;XTRIM s MAXLEN 1 LIMIT 1;XTRIM s MAXLEN 1 FOO
        XREAD;XREAD STREAMS;XREAD STREAMS s;XREAD STREAMS s 0;XREAD STREAMS s t 0;XREAD STREAMS s t 0 0;XREAD COUNT x STREAMS s 0;XREAD COUNT 1 STREAMS s 0
        XREAD COUNT 0 STREAMS s 2;XREAD COUNT -3 STREAMS s 2;XREAD STREAMS s $;XREAD STREAMS s >;XREAD STREAMS s x;XREAD STREAMS s -;XREAD FOO STREAMS s 0
        XREAD BLOCK x STREAMS s 0;XREAD BLOCK -1 STREAMS s 0;XREAD BLOCK 1 STREAMS s 5-5;XREAD BLOCK 10 STREAMS s 0 COUNT 1;XREAD NOACK STREAMS s 0;XREAD GROUP a b STREAMS s 0
        XREAD BLOCK 1 STREAMS s 18446744073709551615-18446744073709551615;XREAD COUNT 2 BLOCK 10 STREAMS s t 1-1 0
        MULTI;MULTI;XLEN s;XADD s 9-9 a b;XLEN s;EXEC;XLEN s;EXEC;DISCARD;MULTI x;EXEC x;WATCH;UNWATCH x;UNWATCH
        MULTI;XADD s;XLEN s;EXEC;MULTI;NOPE;EXEC;MULTI;XADD s 0-0 a b;XADD s 1-0 a b;XRANGE s 2 2;EXEC;MULTI;XLEN s;DISCARD;EXEC;MULTI;WATCH s;EXEC;MULTI;RESET;EXEC;MULTI;EXEC
        WATCH s;XADD s 9-9 a b;MULTI;XLEN s;EXEC;WATCH s t;MULTI;XLEN s;EXEC;WATCH s;XDEL s 1-1;UNWATCH;MULTI;XLEN s;EXEC;MULTI;XREAD BLOCK 0 STREAMS s $;XADD a;EXEC;MULTI;PING;ECHO x;PUBLISH a b;EXEC
        SSUBSCRIBE;SPUBLISH;SPUBLISH a;SPUBLISH a b;SUNSUBSCRIBE;SUNSUBSCRIBE q;PUBSUB SHARDCHANNELS;PUBSUB SHARDNUMSUB;PUBSUB SHARDNUMSUB a b;PUBSUB SHARDCHANNELS x*;PUBSUB CHANNELS a b;PUBSUB SHARDCHANNELS a b
        SSUBSCRIBE a b a;SUBSCRIBE a;PING;SPUBLISH x y;ECHO x;SUNSUBSCRIBE a zz;PSUBSCRIBE *;UNSUBSCRIBE;SUNSUBSCRIBE;PUNSUBSCRIBE;PING
        HELLO 3;SSUBSCRIBE a;SUBSCRIBE a;PSUBSCRIBE *;SPUBLISH a one;PUBLISH a two;PUBSUB SHARDCHANNELS;PUBSUB CHANNELS;PUBSUB SHARDNUMSUB a b;PUBSUB NUMSUB a;SUNSUBSCRIBE;SUNSUBSCRIBE
        CLIENT REPLY;CLIENT REPLY x;CLIENT REPLY OFF;PING;XLEN s;CLIENT REPLY ON;PING;CLIENT REPLY SKIP;PING;PING;CLIENT REPLY SKIP;XADD s 9-9 a b;XLEN s;CLIENT REPLY OFF;CLIENT REPLY SKIP;CLIENT REPLY ON
        CLIENT REPLY SKIP;CLIENT REPLY SKIP;ECHO a;ECHO b;CLIENT REPLY SKIP;CLIENT REPLY ON;ECHO c;CLIENT REPLY SKIP;CLIENT REPLY OFF;PING;CLIENT REPLY SKIP;CLIENT REPLY ON;ECHO d
        CLIENT KILL;CLIENT KILL 1.2.3.4:5;CLIENT KILL ID x;CLIENT KILL ID 0;CLIENT KILL TYPE x;CLIENT KILL FOO x;CLIENT KILL SKIPME x;CLIENT KILL ID 99999999;CLIENT KILL TYPE pubsub;CLIENT KILL USER nope;CLIENT KILL ID 1 FOO
        CLIENT LIST FOO;CLIENT LIST TYPE;CLIENT LIST TYPE x;CLIENT LIST ID;CLIENT LIST ID x;CLIENT LIST TYPE replica;CLIENT LIST ID 99999999;CLIENT LIST TYPE normal x;CLIENT INFO x
        CONFIG GET timeout;CONFIG SET timeout;CONFIG SET timeout x;CONFIG SET timeout -1;CONFIG SET nope 1;CONFIG SET timeout 100;CONFIG GET TIME*UT;CONFIG SET timeout 0
        CLIENT UNBLOCK;CLIENT UNBLOCK x;CLIENT UNBLOCK 99999999;CLIENT UNBLOCK 1 FOO;CLIENT UNBLOCK 99999999 ERROR;CLIENT UNBLOCK 1 ERROR x;CLIENT PAUSE;CLIENT PAUSE x;CLIENT PAUSE -1;CLIENT PAUSE 1 FOO
        CLIENT PAUSE 1 WRITE x;CLIENT UNPAUSE;CLIENT UNPAUSE x;CLIENT TRACKING;CLIENT TRACKING OFF;CLIENT TRACKING foo;CLIENT TRACKINGINFO;CLIENT TRACKINGINFO x;CLIENT GETREDIR;CLIENT CACHING YES;CLIENT CACHING
        CLIENT PAUSE 100000 WRITE;PING;XLEN s;CLIENT UNPAUSE;XADD s 9-9 a b;CLIENT PAUSE 5;PING;PUBLISH a b
        CONFIG SET timeout 5 maxclients;CONFIG SET client-output-buffer-limit x;CONFIG GET client-output-buffer-limit
        EXPIRE;EXPIRE s;EXPIRE s x;EXPIRE s 100 FOO;EXPIRE s 100 NX XX;EXPIRE s 100 GT LT;EXPIRE t 1;EXPIRE s 100 XX;EXPIRE s 100 GT;EXPIRE s 100 NX;EXPIRE s 100 NX;EXPIRE s 200 LT;EXPIRE s 50 GT;TTL s
        TTL;TTL s t;TTL s;TTL t;PTTL s;PTTL t;EXPIRETIME s;PEXPIRETIME t;PERSIST;PERSIST s;PERSIST t;EXPIRE s 1000;TTL s;XADD s 9-9 a b;TTL s;PERSIST s;TTL s;XLEN s
        EXPIRE s -1;EXISTS s;TTL s;EXPIREAT s 1;XADD s 1-1 a b;EXPIREAT s 1;TYPE s;PEXPIREAT s 99999999999999;XADD s 1-1 a b;PEXPIREAT s 99999999999999;PEXPIRETIME s;EXPIRETIME s
        EXPIRE s 9223372036854775807;PEXPIRE s 9223372036854775807;EXPIREAT s 9223372036854775807;EXPIRE s -9223372036854775808;PEXPIRE s 0;EXISTS s
        SCAN;SCAN x;SCAN 0 COUNT 0;SCAN 0 COUNT x;SCAN 0 MATCH;SCAN 0 FOO x;SCAN 0;SCAN 0 MATCH s*;SCAN 0 MATCH t* COUNT 100;SCAN 0 TYPE stream;SCAN 0 TYPE hash;KEYS;KEYS *;KEYS t*;KEYS [r-t];DBSIZE;DBSIZE x
        UNLINK;UNLINK s t;TOUCH;TOUCH s t;XADD t 1-1 a b;TOUCH s t t;DBSIZE
        XDEL;XDEL s;XDEL s x;XDEL t x;XDEL s 1-1 9-9 1-1;XDEL s 5-5;XLEN s;XADD s 5-5 a b;XRANGE s - +;XINFO STREAM t;XINFO;XINFO FOO s;XINFO STREAM;XINFO GROUPS s x
        XSETID;XSETID s;XSETID s x;XSETID t 1-1;XSETID s 1-1;XSETID s 9-9 FOO;XSETID s 9-9 ENTRIESADDED -1;XSETID s 9-9 ENTRIESADDED 1;XSETID s 9-9 MAXDELETEDID 10-0;XSETID s 9-9;XADD s 9-9 a b
        XGROUP;XGROUP FOO s g;XGROUP CREATE;XGROUP CREATE s g;XGROUP CREATE t g 0;XGROUP CREATE t g $ MKSTREAM;TYPE t;XLEN t;XGROUP CREATE s g x;XGROUP CREATE s g $;XGROUP CREATE s g 0
        XGROUP CREATE s g 0 FOO;XGROUP CREATE s g 0 ENTRIESREAD;XGROUP CREATE s g 0 ENTRIESREAD x;XGROUP CREATE s g 0 ENTRIESREAD -2;XGROUP CREATE t g x MKSTREAM;EXISTS t;XGROUP CREATE s g - MKSTREAM
        XGROUP SETID s g 0;XGROUP SETID t g 0;XGROUP CREATE s g 0;XGROUP SETID s g x;XGROUP SETID s g -;XGROUP SETID s g +;XGROUP SETID s g 0 MKSTREAM;XGROUP SETID s g;XINFO GROUPS s
        XGROUP DESTROY t g;XGROUP DESTROY s g;XGROUP DESTROY s;XGROUP CREATECONSUMER s g c;XGROUP DELCONSUMER s g c;XGROUP CREATE s g 0;XGROUP CREATECONSUMER s g c;XGROUP CREATECONSUMER s g c
        XREADGROUP;XREADGROUP GROUP g c STREAMS s;XREADGROUP GROUP g c STREAMS s >;XREADGROUP COUNT 1 BLOCK 1 STREAMS s >;XREADGROUP GROUP g c COUNT x STREAMS s >;XREADGROUP GROUP g c COUNT 1 BLOCK 1
        XGROUP CREATE s g 0;XREADGROUP GROUP g c STREAMS s $;XREADGROUP GROUP g c STREAMS s x;XREADGROUP GROUP g c STREAMS s t > >;XREADGROUP GROUP h c STREAMS s x;XREADGROUP GROUP g c STREAMS s t x >
        XGROUP CREATE s g 0;XREADGROUP GROUP g c COUNT 1 STREAMS s >;XREADGROUP GROUP g c STREAMS s 0;XREADGROUP GROUP g c STREAMS s 0-0;XREADGROUP GROUP g d STREAMS s 0;XINFO GROUPS s;XREADGROUP GROUP g c STREAMS s t >
        XGROUP CREATE s g 0;XREADGROUP GROUP g c STREAMS s >;XDEL s 1-2;XREADGROUP GROUP g c STREAMS s 0;XCLAIM s g d 0 1-1 1-2 9-9;XPENDING s g;XAUTOCLAIM s g e 0 -;XACK s g 1-1 1-1 x;XACK s g 1-1 5-5
        XACK;XACK s g;XACK s g x;XACK t g x;XACK s g 1-1;XGROUP CREATE s g 0;XACK s g x;XACK s g 1-1;XREADGROUP GROUP g c NOACK STREAMS s >;XPENDING s g;XREADGROUP GROUP g c BLOCK 1 STREAMS s >
        XPENDING;XPENDING s g;XPENDING s g -;XPENDING s g - +;XPENDING s g - + x;XPENDING s g - + 1;XPENDING s g IDLE x - + 1;XPENDING s g IDLE 1 - +;XPENDING s g IDLE 1 - + 1 c d;XPENDING s g (x + 1
        XGROUP CREATE s g 0;XPENDING s g;XPENDING s g - + 10;XPENDING s g - + 10 c;XPENDING s g x + 10;XPENDING s g - ( 10;XPENDING s g IDLE 1 - + 10 c;XPENDING s g FOO - + 10 c;XPENDING s g - + 10 c d e f
        XCLAIM;XCLAIM s g c 0 1-1;XCLAIM s g c x x;XGROUP CREATE s g 0;XCLAIM s g c x 1-1;XCLAIM s g c 0 x;XCLAIM s g c 0 1-1 FOO;XCLAIM s g c 0 1-1 IDLE;XCLAIM s g c 0 1-1 IDLE x;XCLAIM s g c 0 1-1 TIME x
        XGROUP CREATE s g 0;XCLAIM s g c 0 1-1 RETRYCOUNT x;XCLAIM s g c 0 1-1 LASTID x;XCLAIM s g c -5 1-1 FORCE;XCLAIM s g c 0 1-2 FORCE JUSTID;XCLAIM s g c 0 2-0 9-9 FORCE RETRYCOUNT 7 LASTID 4-4;XINFO GROUPS s
        XAUTOCLAIM;XAUTOCLAIM s g c 0 0;XAUTOCLAIM s g c x 0;XAUTOCLAIM s g c 0 x;XGROUP CREATE s g 0;XAUTOCLAIM s g c 0 0 COUNT;XAUTOCLAIM s g c 0 0 COUNT 0;XAUTOCLAIM s g c 0 0 COUNT x;XAUTOCLAIM s g c 0 (1 FOO
        XGROUP CREATE s g 0;XREADGROUP GROUP g c STREAMS s >;XAUTOCLAIM s g d 0 - COUNT 2;XAUTOCLAIM s g d 0 (2-0 COUNT 1 JUSTID;XAUTOCLAIM s g d 99999 0;XAUTOCLAIM s g d -1 + JUSTID;XGROUP DELCONSUMER s g d
        XINFO STREAM s FOO;XINFO STREAM t FOO;XINFO STREAM s FULL COUNT;XINFO STREAM s FULL COUNT x;XINFO STREAM s FULL FOO 1;XINFO STREAM s FULL COUNT 1 1;XINFO GROUPS t;XINFO GROUPS s;XINFO CONSUMERS s g;XINFO CONSUMERS t g
        HELLO 3;CLIENT GETNAME;XREAD STREAMS s 5-5;XREAD STREAMS s 2;XRANGE s - + COUNT 0
        """.Split('\n')];

    /// <summary>Bytes that are no proper commands, or only just.</summary>
    public static TheoryData<string> Frames { get; } =
    [
        "*0\r\nPING\r\n", "*-1\r\nPING\r\n", "*-5\r\nPING\r\n", "*x\r\n", "*\r\n", "*+1\r\n$4\r\nPING\r\n", "*01\r\n$4\r\nPING\r\n", "*1\r\n$04\r\nPING\r\n",
        "*1\r\n$x\r\n", "*1\r\n$-1\r\n", "*1\r\nPING\r\n", "*1\r\n+PING\r\n", "*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n", "*1\r\n$536870913\r\n",
        "PING\r\n", "PING\n", "\r\n\r\nPING\r\n", " PING a\r\n", "PING 'a\r\n", "PING \"a\"b\r\nPING\r\n", "PING a'b'\r\n", "ECHO \"\\x41\\n\\t\\q\"\r\n", "ECHO 'it\\'s \\n'\r\n",
        "ECHO \"\"\r\n", "\"\"\r\nPING\r\n", "+PING\r\n", "$4\r\nPING\r\n", ":1\r\n",
        "XADD s 100-1 a b\r\nXADD s 100-2 a b\r\n*x\r\n", "*1\r\n$0\r\n\r\n", "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", "*3\r\n$7\r\nPUBLISH\r\n$0\r\n\r\n$0\r\n\r\n",
        "*2\r\n$3\r\nFOO\r\n$4\r\na\r\nb\r\n", "FOO abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij abcdefghij\r\n",
    ];

    [RedisTheory]
    [MemberData(nameof(Sessions))]
    public async Task A_session_is_answered_as_redis_answers_it(string session) =>
        await AssertSameAsync($"{Four};{session};QUIT".Split(';').SelectMany(command => RespWire.Encode(command.Split(' '))));

    [RedisTheory]
    [MemberData(nameof(Frames))]
    public async Task Bytes_are_taken_as_redis_takes_them(string bytes) =>
        await AssertSameAsync(RespWire.Encode("DEL", "s").Concat(Encoding.Latin1.GetBytes(bytes)).Concat(RespWire.Encode("QUIT")));

    private async Task AssertSameAsync(IEnumerable<byte> request)
    {
        var bytes = request.ToArray();
        await RespExchange.UntilClosedAsync(redis.Server.EndPoint, RespWire.Encode("FLUSHALL").Concat(RespWire.Encode("QUIT")).ToArray());
        var expected = await RespExchange.UntilClosedAsync(redis.Server.EndPoint, bytes);
        var actual = await RespExchange.UntilClosedAsync(Door.EndPoint, bytes);
        Assert.Equal(WithoutIds(expected), WithTimesOf(WithoutIds(expected), WithoutIds(actual)));
    }

    /// <summary>Seconds that a key has left go by while a command waits for its turn: where two answers are near each other, the expected one is taken.</summary>
    private static string WithTimesOf(string expected, string actual)
    {
        const int SecondsMin = 50;
        const int SecondsMax = 1000;
        const int Passed = 30;
        var (wanted, lines) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < lines.Length && i < wanted.Length; i++)
            if (SecondsIn(wanted[i]) is { } one && SecondsIn(lines[i]) is { } other && Math.Abs(one - other) <= Passed) lines[i] = wanted[i];
        return string.Join('\n', lines);

        static int? SecondsIn(string line) =>
            line.StartsWith(':') && int.TryParse(line.AsSpan(1).TrimEnd('\r'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > SecondsMin - Passed and <= SecondsMax ? number : null;
    }

    /// <summary>HELLO tells the connection's number, which is the server's own affair.</summary>
    private static string WithoutIds(string reply) => Regex.Replace(reply, "id\r\n:[0-9]+", "id\r\n:n");
}
