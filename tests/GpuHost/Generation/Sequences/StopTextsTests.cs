using FsCheck;
using FsCheck.Fluent;
using Hybrid.GpuHost.Generation.Sequences;

namespace Hybrid.GpuHost.Tests.Generation.Sequences;

public sealed class StopTextsTests
{
    private static readonly Gen<string> Text = Gen.ListOf(Gen.Elements('a', 'b', 'c')).Select(chars => string.Concat(chars));

    private static readonly System.Buffers.SearchValues<string> Stops = System.Buffers.SearchValues.Create(["cab", "bb"], StringComparison.Ordinal);

    [Fact]
    public void Append_InAnyPieces_IsTheTextUpToTheFirstStop() => Prop.ForAll(Text.ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (text, size) =>
    {
        var stops = new StopTexts(["cab", "bb"]);
        var given = "";
        foreach (var piece in text.Chunk(size).Select(chunk => new string(chunk)))
        {
            given += stops.Append(piece);
            if (stops.Found)
            {
                break;
            }
        }

        given += stops.Flush();
        var at = text.AsSpan().IndexOfAny(Stops);
        return given == (at < 0 ? text : text[..at]) && stops.Found == (at >= 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Append_WhatMightBeAStop_IsHeldBack()
    {
        var stops = new StopTexts(["</s>"]);

        Assert.Equal("one ", stops.Append("one <"));
        Assert.Equal("</b", stops.Append("/b"));
        Assert.Equal("", stops.Append("</s"));
        Assert.Equal("</s", stops.Flush());
    }

    [Fact]
    public void Append_NoStops_GivesEverythingAtOnce() => Assert.Equal("</s", new StopTexts([]).Append("</s"));
}
