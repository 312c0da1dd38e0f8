package s5.data.format;

import s5.UserError;
import s5.data.ImageSet;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Images in PNG files. */
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'};
    private static final int CHUNK = 12; // length, type and checksum

    private Png() {}

    /**
     * Decodes an image as Pillow's {@code convert("L")}: grey stays as it is, colours become grey
     * by {@link ImageSet#grey}, transparency is ignored.
     *
     * @param png the file's content
     * @param place names it, for messages
     * @param side pixels in a row, and rows
     * @return (side, side)
     * @throws UserError when it is no PNG, damaged, or of another size or depth
     */
    public static byte[] grey(byte[] png, String place, int side) {
        check(png, place, side);
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(in, true, true);
            return grey(reader.read(0), place, side);
        } catch (IOException | RuntimeException e) {
            if (e instanceof UserError mistake) {
                throw mistake;
            }
            // The reader throws whatever its arrays throw at a damaged image.
            throw new UserError(
                    "%s: damaged PNG (%s); get it again".formatted(place, e.getMessage()), e);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] grey(BufferedImage image, String place, int side) {
        Raster raster = image.getRaster();
        if (raster.getTransferType() != DataBuffer.TYPE_BYTE) {
            throw new UserError(place + ": has more than 8 bits a channel; 8 are expected");
        }
        byte[] grey = new byte[side * side];
        int[] pixel = new int[raster.getNumBands()];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                // From the raster: getRGB would take grey for linear light and change it.
                raster.getPixel(x, y, pixel);
                int value;
                if (image.getColorModel() instanceof IndexColorModel palette) {
                    int rgb = palette.getRGB(pixel[0]);
                    value = ImageSet.grey(rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff);
                } else if (pixel.length >= 3) {
                    value = ImageSet.grey(pixel[0], pixel[1], pixel[2]);
                } else {
                    value = pixel[0];
                }
                grey[y * side + x] = (byte) value;
            }
        }
        return grey;
    }

    /** Checks the chunks and their sums, which ImageIO does not, and the size. */
    private static void check(byte[] png, String place, int side) {
        if (png.length == 0) {
            throw new UserError(place + ": the file is empty; get it again");
        }
        if (!Arrays.equals(png, 0, Math.min(8, png.length), SIGNATURE, 0, 8)) {
            throw new UserError(place + ": is no PNG file");
        }
        ByteBuffer in = ByteBuffer.wrap(png).position(SIGNATURE.length);
        String type = "";
        boolean first = true;
        while (!type.equals("IEND")) {
            int start = in.position();
            int length = in.remaining() >= CHUNK ? in.getInt() : -1;
            if (length < 0 || length > in.remaining() - 8) {
                throw new UserError(place + ": the PNG ends too early; get it again");
            }
            type = new String(png, start + 4, 4, StandardCharsets.ISO_8859_1);
            CRC32 crc = new CRC32();
            crc.update(png, start + 4, 4 + length);
            in.position(start + 8 + length);
            if ((int) crc.getValue() != in.getInt()) {
                throw new UserError(
                        "%s: damaged PNG (checksum of %s); get it again"
                                .formatted(place, RawFile.shorten(type)));
            }
            if (first) {
                checkSize(ByteBuffer.wrap(png, start + 8, length), type, place, side);
                first = false;
            }
        }
    }

    private static void checkSize(ByteBuffer header, String type, String place, int side) {
        if (!type.equals("IHDR") || header.remaining() < 8) {
            throw new UserError(place + ": damaged PNG (no header); get it again");
        }
        int width = header.getInt();
        int height = header.getInt();
        if (width != side || height != side) {
            throw new UserError(
                    "%s: the image has %s x %s pixels where %d x %d are expected"
                            .formatted(
                                    place,
                                    Integer.toUnsignedString(width),
                                    Integer.toUnsignedString(height),
                                    side,
                                    side));
        }
    }
}
