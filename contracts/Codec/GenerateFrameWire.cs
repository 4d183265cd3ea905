using Hybrid.Contracts.Codec;
using Hybrid.Contracts.Errors;
using MessagePack;

namespace Hybrid.Contracts.Tasks;

/// <summary>On the wire a frame is its kind and then a record of that kind. The numbers never change their meaning.</summary>
public abstract partial record GenerateFrame : IWire<GenerateFrame>
{
    private const int BeginKind = 0;
    private const int PieceKind = 1;
    private const int EndKind = 2;
    private const int FailureKind = 3;

    public static void Write(ref MessagePackWriter writer, GenerateFrame value)
    {
        writer.WriteArrayHeader(2);
        switch (value)
        {
            case Begin begin:
                writer.Write(BeginKind);
                writer.WriteArrayHeader(3);
                writer.Write(begin.Model);
                writer.Write(begin.Version);
                writer.Write(begin.PromptTokens);
                break;
            case Piece piece:
                writer.Write(PieceKind);
                writer.WriteArrayHeader(1);
                writer.Write(piece.Text);
                break;
            case End end:
                writer.Write(EndKind);
                writer.WriteArrayHeader(3);
                writer.WriteEnum(end.FinishReason);
                writer.Write(end.CompletionTokens);
                Timings.Write(ref writer, end.Timings);
                break;
            case Failure failure:
                writer.Write(FailureKind);
                Error.Write(ref writer, failure.Error);
                break;
        }
    }

    public static GenerateFrame Read(scoped ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(2);
        GenerateFrame frame = reader.ReadInt32() switch
        {
            BeginKind => ReadBegin(ref reader),
            PieceKind => ReadPiece(ref reader),
            EndKind => ReadEnd(ref reader),
            FailureKind => new Failure(Error.Read(ref reader)),
            var kind => throw new MessagePackSerializationException($"{kind} is no kind of frame."),
        };
        reader.SkipFields(unknown);
        return frame;
    }

    private static Begin ReadBegin(ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(3);
        var begin = new Begin(reader.ReadName(), reader.ReadInt32(), reader.ReadInt32());
        reader.SkipFields(unknown);
        return begin;
    }

    private static Piece ReadPiece(ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(1);
        var piece = new Piece(reader.ReadText());
        reader.SkipFields(unknown);
        return piece;
    }

    private static End ReadEnd(ref MessagePackReader reader)
    {
        var unknown = reader.ReadRecord(3);
        var end = new End(reader.ReadEnum<FinishReason>(), reader.ReadInt32(), Timings.Read(ref reader));
        reader.SkipFields(unknown);
        return end;
    }
}
