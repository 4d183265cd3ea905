using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Hybrid.Bench.Codec;

/// <summary>An embedding reply of 32 × 768 written and read, every value touched, against other forms and against memcpy.</summary>
internal sealed class CodecBenchmark : IBenchmark
{
    private const int Rounds = 41;

    // A round takes about 5 ms, so that the clock and a visit of the scheduler weigh little.
    private const int FastCalls = 400;
    private const int SlowCalls = 2;

    public string Name => "codec";

    public string Summary => $"an embedding reply of {SampleReply.Count} x {SampleReply.Dimensions} there and back: ours against JSON, MessagePack arrays of floats, and memcpy";

    public Task<IReadOnlyDictionary<string, double>> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("expected: memcpy some 0.8 (the same copy, and 200 ns to write and check the fields); an array of floats 20 times as long (25,000 codes, both ways); JSON some 300 (100 ns to format a number, and as much to parse it); nothing allocated; odd addresses cost nothing");
        var (ours, json, array, memcpy) = (new WireForm(), new JsonForm(), new FloatArrayForm(), new MemcpyForm());
        Check(ours, json, array, memcpy);

        // Everything is compiled for speed only after some time in use.
        Repeat(ours, 20_000);
        Repeat(memcpy, 20_000);
        Repeat(array, 500);
        Repeat(json, 60);

        var (memcpyTime, oursTime) = Compare(memcpy, FastCalls, ours, FastCalls);
        var (arrayTime, besideArray) = Compare(array, SlowCalls * 5, ours, FastCalls);
        var (jsonTime, besideJson) = Compare(json, SlowCalls, ours, FastCalls);
        var (copy, encode) = Measure.InTurn(Rounds, () => Encode(memcpy), () => Encode(ours));
        var (sum, decode) = Measure.InTurn(Rounds, () => Decode(memcpy), () => Decode(ours));
        var (aligned, odd) = ReadAt(0, 1);
        var allocated = Allocated(() => Repeat(ours, 10_000)) / 10_000.0;

        output.WriteLine($"{"us",-20} {"encode",10} {"decode and sum",14} {"both",9} {"bytes",8} {"allocated",10}");
        Line(output, "memcpy", copy / FastCalls, sum / FastCalls, memcpyTime, SampleReply.Count * SampleReply.Dimensions * sizeof(float), 0);
        Line(output, "ours", encode / FastCalls, decode / FastCalls, oursTime, ours.Length, allocated);
        Line(output, "MessagePack floats", null, null, arrayTime, array.Length, Allocated(() => Repeat(array, 10)) / 10.0);
        Line(output, "JSON", null, null, jsonTime, json.Length, Allocated(() => Repeat(json, 10)) / 10.0);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"values summed where they lie: at an even address {aligned * 1000:0.00} us, at an odd one {odd * 1000:0.00} us"));
        return Task.FromResult<IReadOnlyDictionary<string, double>>(new Dictionary<string, double>
        {
            ["vs_json"] = jsonTime / besideJson,
            ["vs_msgpack_array"] = arrayTime / besideArray,
            ["vs_memcpy"] = memcpyTime / oursTime,
            ["encode_vs_memcpy"] = copy / encode,
            ["decode_vs_sum"] = sum / decode,
            ["alloc_bytes"] = allocated,
            ["aligned_vs_odd"] = aligned / odd,
        });
    }

    /// <summary>Milliseconds per call of both, measured in turn.</summary>
    private static (double A, double B) Compare(IReplyForm a, int callsA, IReplyForm b, int callsB)
    {
        var (timeA, timeB) = Measure.InTurn(Rounds, () => Repeat(a, callsA), () => Repeat(b, callsB));
        return (timeA / callsA, timeB / callsB);
    }

    private static void Repeat(IReplyForm form, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            form.Encode();
            form.Decode();
        }
    }

    private static void Encode(IReplyForm form)
    {
        for (var i = 0; i < FastCalls; i++)
        {
            form.Encode();
        }
    }

    private static void Decode(IReplyForm form)
    {
        for (var i = 0; i < FastCalls; i++)
        {
            form.Decode();
        }
    }

    /// <summary>What reading in place costs by where the values begin, in bytes.</summary>
    private static (double A, double B) ReadAt(int a, int b)
    {
        var length = SampleReply.Count * SampleReply.Dimensions * sizeof(float);
        var bytes = new byte[length + Math.Max(a, b)];
        var (timeA, timeB) = Measure.InTurn(Rounds, () => Sum(a), () => Sum(b));
        return (timeA / FastCalls, timeB / FastCalls);

        void Sum(int offset)
        {
            for (var i = 0; i < FastCalls; i++)
            {
                TensorPrimitives.Sum(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(offset, length)));
            }
        }
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>All forms carry the same values.</summary>
    private static void Check(params IReplyForm[] forms)
    {
        var sums = forms.Select(form =>
        {
            form.Encode();
            return form.Decode();
        }).ToArray();
        if (sums.Any(sum => MathF.Abs(sum - sums[0]) > 1e-3f))
        {
            throw new InvalidOperationException($"The forms do not carry the same values: {string.Join(", ", sums)}.");
        }
    }

    private static void Line(TextWriter output, string name, double? encode, double? decode, double both, int bytes, double allocated) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-20} {encode * 1000,10:0.00} {decode * 1000,14:0.00} {both * 1000,9:0.00} {bytes,8} {allocated,10:0}"));
}
