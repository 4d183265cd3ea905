using System.Globalization;
using MessagePack;

namespace Hybrid.Compat.Tests.MessagePack;

public sealed class TimestampTests
{
    public static TheoryData<string, string> Timestamps => new()
    {
        { "1970-01-01T00:00:00.0000000Z", "d6ff00000000" },
        { "2106-02-07T06:28:15.0000000Z", "d6ffffffffff" },
        { "2106-02-07T06:28:16.0000000Z", "d7ff0000000100000000" },
        { "1970-01-01T00:00:00.0000001Z", "d7ff0000019000000000" },
        { "2514-05-30T01:53:03.9999999Z", "d7ffee6b2673ffffffff" },
        { "2514-05-30T01:53:04.0000000Z", "c70cff000000000000000400000000" },
        { "1969-12-31T23:59:59.0000000Z", "c70cff00000000ffffffffffffffff" },
        { "0001-01-01T00:00:00.0000000Z", "c70cff00000000fffffff1886e0900" },
        { "9999-12-31T23:59:59.9999999Z", "c70cff3b9ac99c0000003afff4417f" },
    };

    [Theory]
    [MemberData(nameof(Timestamps))]
    public void Timestamp_TakesItsShortestFormat_AndComesBack(string time, string hex)
    {
        var value = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcDateTime;
        Assert.Equal(hex, Wire.Hex((ref MessagePackWriter w) => w.Write(value)));
        var read = Wire.ReadHex(hex, (ref MessagePackReader r) => r.ReadDateTime());
        Assert.Equal(value, read);
        Assert.Equal(DateTimeKind.Utc, read.Kind);
    }

    [Fact]
    public void LocalTime_IsWrittenAsUtc()
    {
        var utc = new DateTime(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);
        Assert.Equal(Wire.Hex((ref MessagePackWriter w) => w.Write(utc)), Wire.Hex((ref MessagePackWriter w) => w.Write(utc.ToLocalTime())));
    }

    [Theory]
    [InlineData("d60100000000")] // not the type of timestamps
    [InlineData("c703ff000000")] // not a length of timestamps
    [InlineData("c70cff000000007fffffffffffffff")] // later than the calendar goes
    [InlineData("c70cff000000008000000000000000")] // earlier
    public void Timestamp_OutsideWhatTheFormatAllows_IsRefused(string hex) =>
        Malformed.Refused(Convert.FromHexString(hex), (ref MessagePackReader r) => r.ReadDateTime());
}
