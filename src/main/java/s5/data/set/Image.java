package s5.data.set;

import s5.data.Place;
import s5.data.Shape;

/** Long Range Arena's image task: CIFAR-10 in grey; see {@link Cifar}. */
public final class Image extends Cifar {
    /** For {@link java.util.ServiceLoader}. */
    public Image() {}

    @Override
    public String name() {
        return "image";
    }

    @Override
    public String title() {
        return "CIFAR-10 in grey: Long Range Arena's image task";
    }

    @Override
    boolean grey() {
        return true;
    }

    @Override
    public Shape shape(HeldOut settings, Place place) {
        return GREY;
    }
}
